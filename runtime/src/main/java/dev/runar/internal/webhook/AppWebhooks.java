package dev.runar.internal.webhook;

import dev.runar.apps.App;
import dev.runar.apps.Webhook;
import dev.runar.apps.Webhook.Kind;
import dev.runar.internal.node.Delays;
import dev.runar.internal.webhook.WebhookStats.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
  private static final int MAX_MISSES = 10_000;
  private static final int MAX_SENDERS = 100;

  /**
   * What something is told as.
   *
   * @param opposite what undoes it, or what it undoes; else the kind itself
   * @param event its JSON
   */
  record Told(App app, Kind kind, Kind opposite, String channel, byte[] event) {}

  /** A leave that may be undone. */
  private record Held(Told told, Runnable cancel) {}

  private final WebhookSender.Surroundings around;
  private final Later later;
  private final Map<String, Held> held = new LinkedHashMap<>();
  private final Map<String, Long> misses = new HashMap<>();
  private final Map<Webhook, WebhookSender> senders = new HashMap<>();
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

  /** Somebody came; who left a moment ago under the same name has never left. */
  void came(String who, Told told) {
    Held left = held.remove(who);
    if (left == null) {
      tell(told);
      return;
    }
    left.cancel().run();
    around.stats().count(Outcome.UNDONE, 2);
  }

  /** Somebody left, which is told when it is sure. */
  void left(String who, Told told) {
    if (stopping || held.size() >= MAX_HELD) {
      tell(told);
    } else if (told.app().webhooks().stream().anyMatch(hook -> wants(hook, told, true))) {
      Delays delays = around.delays();
      Runnable cancel =
          delays.after(HOLD.toNanos(), () -> later.run(hooks -> hooks.isSure(who, told)));
      held.put(who, new Held(told, cancel));
    }
  }

  private void isSure(String who, Told told) {
    Held waits = held.get(who);
    if (waits != null && waits.told() == told) {
      held.remove(who);
      tell(told);
    }
  }

  /** Somebody found nothing in a cache channel. */
  void missed(Told told) {
    forgetOldMisses();
    if (misses.containsKey(told.channel())) {
      around.stats().count(Outcome.REPEATED, 1);
      return;
    }
    if (misses.size() < MAX_MISSES) {
      misses.put(told.channel(), around.clock().nanos());
      var _ = around.delays().after(MISS.toNanos(), () -> later.run(hooks -> {}));
    }
    tell(told);
  }

  void tell(Told told) {
    for (Webhook webhook : told.app().webhooks()) {
      if (wants(webhook, told, false)) {
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
        sender.add(told.app(), told.event());
      }
    }
  }

  private static boolean wants(Webhook webhook, Told told, boolean orOpposite) {
    return told.channel().startsWith(webhook.channelPrefix())
        && (webhook.events().isEmpty()
            || webhook.events().contains(told.kind())
            || orOpposite && webhook.events().contains(told.opposite()));
  }

  private void forgetIdle(AppWebhooks self) {
    self.senders.values().removeIf(WebhookSender::isIdle);
  }

  /** Nothing is held back or tried again any more. */
  void hurry() {
    stopping = true;
    List<Held> sure = new ArrayList<>(held.values());
    held.clear();
    senders.values().forEach(WebhookSender::hurry);
    for (Held each : sure) {
      each.cancel().run();
      tell(each.told());
    }
  }

  /** Nothing is to be told, so that these can be forgotten. */
  boolean isIdle() {
    forgetOldMisses();
    return held.isEmpty() && senders.isEmpty() && misses.isEmpty();
  }

  private void forgetOldMisses() {
    long now = around.clock().nanos();
    misses.values().removeIf(at -> stopping || now - at >= MISS.toNanos());
  }

  int pending() {
    return senders.values().stream().mapToInt(WebhookSender::pending).sum();
  }
}
