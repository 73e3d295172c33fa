package dev.runar.internal.webhook;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.Webhook.Kind;
import dev.runar.internal.broker.pusher.AppEvents;
import dev.runar.internal.node.Delays;
import dev.runar.internal.protocol.pusher.WebhookWriter;
import dev.runar.internal.webhook.AppWebhooks.Told;
import dev.runar.internal.webhook.WebhookStats.Outcome;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Tells the servers of apps what happens on their channels, as Pusher's webhooks do. Whoever tells
 * this of an event goes on at once. Any thread.
 *
 * <p>Per webhook the order is kept and what waits is bounded: a receiver that is slow or away loses
 * its own oldest events and delays no other.
 */
public final class Webhooks implements AppEvents {
  private static final Logger LOG = System.getLogger(Webhooks.class.getName());

  /** Apps that something is to be told of at a time. */
  private static final int MAX_APPS = 10_000;

  private final WebhookSender.Surroundings around;
  private final WebhookStats stats = new WebhookStats();
  private final ConcurrentHashMap<String, AppWebhooks> apps = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> told = new CompletableFuture<>();
  private volatile boolean stopping;

  /**
   * Tells nobody anything yet.
   *
   * @param delays closed by whoever made it
   * @param work runs what may block
   */
  public Webhooks(Clock clock, Delays delays, Executor work) {
    this(clock, delays, new HttpPost(work), new SecureRandom()::nextDouble);
  }

  Webhooks(Clock clock, Delays delays, WebhookPost post, DoubleSupplier chance) {
    this.around = new WebhookSender.Surroundings(clock, delays, post, stats, chance);
  }

  /** The counters. */
  public WebhookStats stats() {
    return stats;
  }

  @Override
  public void channelOccupied(App app, String channel) {
    boolean isConcerned = AppWebhooks.concerns(app, Kind.CHANNEL_OCCUPIED, channel);
    if (isConcerned || mayHold(app)) {
      Told told = ofChannel(app, Kind.CHANNEL_OCCUPIED, channel);
      within(app.id(), isConcerned, hooks -> hooks.came(channel, told));
    }
  }

  /**
   * Who left while the app had webhooks has not left if it is back, though it has none any more.
   */
  private boolean mayHold(App app) {
    return apps.containsKey(app.id());
  }

  @Override
  public void channelVacated(App app, String channel) {
    if (AppWebhooks.concerns(app, Kind.CHANNEL_VACATED, channel)) {
      Told told = ofChannel(app, Kind.CHANNEL_VACATED, channel);
      within(app.id(), true, hooks -> hooks.left(channel, told));
    }
  }

  private static Told ofChannel(App app, Kind kind, String channel) {
    return told(app, kind, channel, WebhookWriter.channel(name(kind), channel));
  }

  private static Told told(App app, Kind kind, String channel, byte[] event) {
    return new Told(app, kind, channel, Payload.encoded(Payload.Kind.JSON, event));
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void memberAdded(App app, String channel, String userId) {
    boolean isConcerned = AppWebhooks.concerns(app, Kind.MEMBER_ADDED, channel);
    if (isConcerned || mayHold(app)) {
      Told told = ofMember(app, Kind.MEMBER_ADDED, channel, userId);
      within(app.id(), isConcerned, hooks -> hooks.came(member(channel, userId), told));
    }
  }

  @Override
  public void memberRemoved(App app, String channel, String userId) {
    if (AppWebhooks.concerns(app, Kind.MEMBER_REMOVED, channel)) {
      Told told = ofMember(app, Kind.MEMBER_REMOVED, channel, userId);
      within(app.id(), true, hooks -> hooks.left(member(channel, userId), told));
    }
  }

  private static Told ofMember(App app, Kind kind, String channel, String userId) {
    return told(app, kind, channel, WebhookWriter.member(name(kind), channel, userId));
  }

  /** No name of a channel has a line break. */
  private static String member(String channel, String userId) {
    return channel + "\n" + userId;
  }

  @Override
  public void clientEvent(App app, String channel, Sent sent) {
    if (AppWebhooks.concerns(app, Kind.CLIENT_EVENT, channel)) {
      byte[] event =
          WebhookWriter.clientEvent(
              channel, sent.event(), sent.data(), sent.socketId(), sent.userId());
      Told told = told(app, Kind.CLIENT_EVENT, channel, event);
      within(app.id(), true, hooks -> hooks.tell(told));
    }
  }

  @Override
  public void cacheMiss(App app, String channel) {
    if (AppWebhooks.concerns(app, Kind.CACHE_MISS, channel)) {
      Told told = ofChannel(app, Kind.CACHE_MISS, channel);
      within(app.id(), true, hooks -> hooks.missed(told));
    }
  }

  @Override
  public void subscriptionCount(App app, String channel, int count) {
    if (AppWebhooks.concerns(app, Kind.SUBSCRIPTION_COUNT, channel)) {
      byte[] event = WebhookWriter.subscriptionCount(channel, count);
      Told told = told(app, Kind.SUBSCRIPTION_COUNT, channel, event);
      within(app.id(), true, hooks -> hooks.tell(told));
    }
  }

  /** One at a time for each app; an app with nothing to tell is forgotten. */
  private void within(String id, boolean make, Consumer<AppWebhooks> step) {
    boolean hasRoom = apps.size() < MAX_APPS;
    var _ =
        apps.compute(
            id,
            (same, present) -> {
              AppWebhooks hooks = present;
              if (hooks == null && make && hasRoom) {
                hooks = new AppWebhooks(around, back -> within(id, false, back));
              }
              if (hooks == null) {
                if (make) {
                  stats.count(Outcome.DROPPED, 1);
                }
                return null;
              }
              if (stopping) {
                hooks.hurry();
              }
              step.accept(hooks);
              return hooks.isIdle() ? null : hooks;
            });
    if (stopping && apps.isEmpty()) {
      told.complete(null);
    }
  }

  /**
   * Tells what is held back and what waits, each with one call and no other, then ends. What comes
   * later is told too, while there is time. Repeatable.
   *
   * @param patience how long receivers may take; what they have not taken then is counted and
   *     logged
   */
  public CompletableFuture<Void> stop(Duration patience) {
    stopping = true;
    for (String id : List.copyOf(apps.keySet())) {
      within(id, false, hooks -> {});
    }
    if (apps.isEmpty()) {
      told.complete(null);
    }
    return told.copy()
        .orTimeout(Clock.nanosOf(patience), TimeUnit.NANOSECONDS)
        .handle((done, late) -> end());
  }

  private Void end() {
    int lost = apps.values().stream().mapToInt(AppWebhooks::pending).sum();
    if (lost > 0) {
      stats.count(Outcome.GIVEN_UP, lost);
      LOG.log(Level.WARNING, "webhooks were not told all when the node stopped events=" + lost);
    }
    around.post().close();
    return null;
  }
}
