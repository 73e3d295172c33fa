package dev.runar.internal.webhook;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.Webhook;
import dev.runar.apps.Webhook.Kind;
import dev.runar.internal.webhook.WebhookStats.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the webhooks of one app are still to be told. One call at a time: {@link Webhooks} makes
 * them all under its entry of this app.
 */
final class AppWebhooks {
  /** Who comes back in this time has not left. */
  static final Duration HOLD = Duration.ofSeconds(3);

  /** In this time the misses of one cache channel are one. */
  static final Duration MISS = Duration.ofSeconds(1);

  static final int MAX_HELD = 100_000;

  /** Beyond it a miss is told without being remembered. */
  private static final int MAX_MISSES = 10_000;

  private static final int MAX_SENDERS = 100;

  /**
   * What something is told as.
   *
   * @param event its JSON
   */
  record Told(App app, Kind kind, String channel, Payload event) {}

  /** A leave that may be undone; equal only to itself. */
  private final class Held {
    private final Told told;
    private final Runnable cancel;

    Held(String who, Told told) {
      this.told = told;
      this.cancel =
          around.delays().after(HOLD.toNanos(), () -> later.run(hooks -> hooks.isSure(who, this)));
    }
  }

  private final WebhookSender.Surroundings around;
  private final Later later;
  private final Map<String, Held> held = new LinkedHashMap<>();

  /** When the misses of a channel were told, the oldest first. */
  private final Map<String, Long> misses = new LinkedHashMap<>();

  private final Map<Webhook, WebhookSender> senders = new HashMap<>();
  private boolean forgetsMisses; // a timer runs
  private boolean stopping;

  /** Comes back to these webhooks, under their entry. */
  interface Later {
    /** Runs it now. */
    void run(Consumer<AppWebhooks> step);
  }

  AppWebhooks(WebhookSender.Surroundings around, Later later) {
    this.around = around;
    this.later = later;
  }

  /** Whether a webhook of the app is to hear of it, or of what undoes it. Any thread. */
  static boolean concerns(App app, Kind kind, String channel) {
    for (Webhook webhook : app.webhooks()) {
      if (wants(webhook, kind, channel) || wants(webhook, opposite(kind), channel)) {
        return true;
      }
    }
    return false;
  }

  private static Kind opposite(Kind kind) {
    return switch (kind) {
      case CHANNEL_OCCUPIED -> Kind.CHANNEL_VACATED;
      case CHANNEL_VACATED -> Kind.CHANNEL_OCCUPIED;
      case MEMBER_ADDED -> Kind.MEMBER_REMOVED;
      case MEMBER_REMOVED -> Kind.MEMBER_ADDED;
      case CLIENT_EVENT, CACHE_MISS, SUBSCRIPTION_COUNT -> kind;
    };
  }

  /** Somebody came; who left a moment ago under the same name has never left. */
  void came(String who, Told told) {
    Held left = held.remove(who);
    if (left == null) {
      tell(told);
      return;
    }
    left.cancel.run();
    around.stats().count(Outcome.UNDONE, 2);
  }

  /** Somebody left, which is told when it is sure. */
  void left(String who, Told told) {
    if (stopping || held.size() >= MAX_HELD) {
      tell(told);
      return;
    }
    Held before = held.put(who, new Held(who, told));
    if (before != null) {
      before.cancel.run();
    }
  }

  private void isSure(String who, Held left) {
    if (held.remove(who, left)) {
      tell(left.told);
    }
  }

  /** Somebody found nothing in a cache channel. */
  void missed(Told told) {
    forgetOldMisses();
    if (misses.containsKey(told.channel())) {
      around.stats().count(Outcome.REPEATED, 1);
      return;
    }
    if (misses.size() < MAX_MISSES && !stopping) {
      misses.put(told.channel(), around.clock().nanos());
      forgetMissesLater();
    }
    tell(told);
  }

  /** One timer for all of them, so that a flood of misses is no flood of timers. */
  private void forgetMissesLater() {
    if (!forgetsMisses) {
      forgetsMisses = true;
      var _ =
          around.delays().after(MISS.toNanos(), () -> later.run(AppWebhooks::forgetMissesAgain));
    }
  }

  private void forgetMissesAgain() {
    forgetsMisses = false;
    forgetOldMisses();
    if (!misses.isEmpty()) {
      forgetMissesLater();
    }
  }

  /** Looks at no more than one that is young. */
  private void forgetOldMisses() {
    long now = around.clock().nanos();
    Iterator<Long> oldest = misses.values().iterator();
    while (oldest.hasNext() && now - oldest.next() >= MISS.toNanos()) {
      oldest.remove();
    }
  }

  void tell(Told told) {
    for (Webhook webhook : told.app().webhooks()) {
      if (wants(webhook, told.kind(), told.channel())) {
        WebhookSender sender = senders.get(webhook);
        if (sender == null && senders.size() >= MAX_SENDERS) {
          around.stats().count(Outcome.DROPPED, 1);
          continue;
        }
        if (sender == null) {
          sender =
              new WebhookSender(around, told.app(), webhook, () -> later.run(this::forgetIdle));
          senders.put(webhook, sender);
          if (stopping) {
            sender.hurry();
          }
        }
        sender.add(told.app(), told.event().encoded());
      }
    }
  }

  private static boolean wants(Webhook webhook, Kind kind, String channel) {
    return channel.startsWith(webhook.channelPrefix())
        && (webhook.events().isEmpty() || webhook.events().contains(kind));
  }

  private void forgetIdle(AppWebhooks self) {
    self.senders.values().removeIf(WebhookSender::isIdle);
  }

  /** Nothing is held back or tried again any more. */
  void hurry() {
    stopping = true;
    List<Held> sure = new ArrayList<>(held.values());
    held.clear();
    misses.clear();
    senders.values().forEach(WebhookSender::hurry);
    for (Held each : sure) {
      each.cancel.run();
      tell(each.told);
    }
  }

  /** Nothing is to be told, so that these can be forgotten. */
  boolean isIdle() {
    return held.isEmpty() && senders.isEmpty() && misses.isEmpty();
  }

  int pending() {
    return senders.values().stream().mapToInt(WebhookSender::pending).sum();
  }
}
