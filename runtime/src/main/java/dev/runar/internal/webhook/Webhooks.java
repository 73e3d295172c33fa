package dev.runar.internal.webhook;

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
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
    this(clock, delays, new HttpPost(work));
  }

  Webhooks(Clock clock, Delays delays, WebhookPost post) {
    this.around = new WebhookSender.Surroundings(clock, delays, post, stats);
  }

  /** The counters. */
  public WebhookStats stats() {
    return stats;
  }

  @Override
  public void channelOccupied(App app, String channel) {
    withApp(
        app,
        hooks ->
            hooks.came(channel, of(app, Kind.CHANNEL_OCCUPIED, Kind.CHANNEL_VACATED, channel)));
  }

  @Override
  public void channelVacated(App app, String channel) {
    withApp(
        app,
        hooks ->
            hooks.left(channel, of(app, Kind.CHANNEL_VACATED, Kind.CHANNEL_OCCUPIED, channel)));
  }

  private static Told of(App app, Kind kind, Kind opposite, String channel) {
    return new Told(app, kind, opposite, channel, WebhookWriter.channel(name(kind), channel));
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void memberAdded(App app, String channel, String userId) {
    var event = WebhookWriter.member(name(Kind.MEMBER_ADDED), channel, userId);
    var added = new Told(app, Kind.MEMBER_ADDED, Kind.MEMBER_REMOVED, channel, event);
    withApp(app, hooks -> hooks.came(member(channel, userId), added));
  }

  @Override
  public void memberRemoved(App app, String channel, String userId) {
    var event = WebhookWriter.member(name(Kind.MEMBER_REMOVED), channel, userId);
    var removed = new Told(app, Kind.MEMBER_REMOVED, Kind.MEMBER_ADDED, channel, event);
    withApp(app, hooks -> hooks.left(member(channel, userId), removed));
  }

  /** No name of a channel has a line break. */
  private static String member(String channel, String userId) {
    return channel + "\n" + userId;
  }

  @Override
  public void clientEvent(App app, String channel, Sent sent) {
    withApp(
        app,
        hooks -> {
          byte[] event =
              WebhookWriter.clientEvent(
                  channel, sent.event(), sent.data(), sent.socketId(), sent.userId());
          hooks.tell(new Told(app, Kind.CLIENT_EVENT, Kind.CLIENT_EVENT, channel, event));
        });
  }

  @Override
  public void cacheMiss(App app, String channel) {
    withApp(app, hooks -> hooks.missed(of(app, Kind.CACHE_MISS, Kind.CACHE_MISS, channel)));
  }

  @Override
  public void subscriptionCount(App app, String channel, int count) {
    var event = WebhookWriter.subscriptionCount(channel, count);
    var told = new Told(app, Kind.SUBSCRIPTION_COUNT, Kind.SUBSCRIPTION_COUNT, channel, event);
    withApp(app, hooks -> hooks.tell(told));
  }

  private void withApp(App app, Consumer<AppWebhooks> step) {
    if (!app.webhooks().isEmpty()) {
      within(app.id(), true, step);
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
