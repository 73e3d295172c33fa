package dev.runar.internal.webhook;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.Webhook;
import dev.runar.internal.node.Delays;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.internal.protocol.pusher.WebhookWriter;
import dev.runar.internal.webhook.WebhookStats.Outcome;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events on their way to one webhook of one app: one call at a time, in order, each until the
 * receiver says 2xx or has failed for {@link #PATIENCE}. What waits is bounded; the oldest goes
 * first. Any thread.
 */
final class WebhookSender {
  /** How long events gather for one call. */
  static final Duration GATHER = Duration.ofMillis(100);

  /** For how long one call is made again. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  static final int MAX_EVENTS = 10_000;
  static final long MAX_BYTES = 8 << 20;
  static final int BATCH_EVENTS = 100;
  private static final long BATCH_BYTES = 512 << 10;
  private static final long FIRST_WAIT = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_WAIT = Duration.ofMinutes(1).toNanos();

  private static final Logger LOG = System.getLogger(WebhookSender.class.getName());

  /**
   * What every sender works with.
   *
   * @param chance from 0 to 1: spreads the calls that are made again, so that the senders of all
   *     apps do not meet a receiver that comes back in the same moment
   */
  record Surroundings(
      Clock clock, Delays delays, WebhookPost post, WebhookStats stats, DoubleSupplier chance) {}

  /** What a call is about: it stays the same however often it is made. */
  private record Batch(WebhookPost.Call call, int events, long begunNanos) {}

  /** A wait for the next call: its timer counts only while it is what is waited for. */
  private static final class BackOff {
    private @Nullable Runnable cancel;
  }

  private final Surroundings around;
  private final Webhook webhook;
  private final Runnable whenIdle;

  // Guarded by this.
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private App app;
  private boolean busy;
  private boolean failing;
  private boolean stopping;
  private int retries;
  private @Nullable Batch batch;
  private @Nullable BackOff backOff;

  /**
   * Nothing is on its way.
   *
   * @param whenIdle runs each time when nothing is any more, without a lock
   */
  WebhookSender(Surroundings around, App app, Webhook webhook, Runnable whenIdle) {
    this.around = around;
    this.app = app;
    this.webhook = webhook;
    this.whenIdle = whenIdle;
  }

  /** Takes an event; another may go for it. */
  synchronized void add(App newest, byte[] event) {
    app = newest;
    waiting.add(event);
    waitingBytes += event.length;
    while (waiting.size() > MAX_EVENTS || waitingBytes > MAX_BYTES) {
      waitingBytes -= waiting.remove().length;
      around.stats().count(Outcome.DROPPED, 1);
    }
    if (!busy) {
      busy = true;
      boolean gathers = app.batchWebhooks() && !stopping;
      later(gathers ? GATHER.toNanos() : 0, this::begin);
    }
  }

  synchronized boolean isIdle() {
    return !busy;
  }

  /** From now on every call is made once, and at once. */
  synchronized void hurry() {
    stopping = true;
    BackOff waits = backOff;
    if (waits != null) {
      if (waits.cancel != null) {
        waits.cancel.run(); // it may have fired and wait for this monitor: it is no longer backOff
      }
      backOff = null;
      later(0, this::call);
    }
  }

  /** What has not arrived. */
  synchronized int pending() {
    return waiting.size() + (batch == null ? 0 : batch.events());
  }

  private void later(long nanos, Runnable step) {
    var _ = around.delays().after(nanos, step);
  }

  private void begin() {
    boolean done;
    synchronized (this) {
      batch = waiting.isEmpty() ? null : batch();
      retries = 0;
      done = batch == null;
      busy = !done;
    }
    if (done) {
      whenIdle.run();
    } else {
      call();
    }
  }

  /** As many as go into one call, from what waits; guarded by this. */
  private Batch batch() {
    var events = new ArrayList<byte[]>();
    int most = app.batchWebhooks() ? BATCH_EVENTS : 1;
    long bytes = 0;
    while (!waiting.isEmpty() && events.size() < most && (bytes == 0 || bytes < BATCH_BYTES)) {
      byte[] event = waiting.remove();
      bytes += event.length;
      events.add(event);
    }
    waitingBytes -= bytes;
    byte[] body = WebhookWriter.body(around.clock().wallMs(), List.copyOf(events));
    var call =
        new WebhookPost.Call(
            webhook.url(), headers(body), Payload.encoded(Payload.Kind.JSON, body));
    return new Batch(call, events.size(), around.clock().nanos());
  }

  private Map<String, String> headers(byte[] body) {
    var headers = new HashMap<>(webhook.headers());
    headers.put("Content-Type", "application/json");
    headers.put("X-Pusher-Key", app.key());
    headers.put("X-Pusher-Signature", Signature.sign(app.secrets().getFirst().reveal(), body));
    return headers;
  }

  private void callAfter(BackOff waited) {
    synchronized (this) {
      if (backOff != waited) {
        return;
      }
      backOff = null;
    }
    call();
  }

  private void call() {
    Batch made;
    synchronized (this) {
      made = batch;
    }
    if (made != null) {
      var _ =
          around
              .post()
              .make(made.call())
              .whenComplete(
                  (status, error) ->
                      ended(made, error == null ? "status " + status : reason(error), status));
    }
  }

  private static String reason(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return cause.getClass().getSimpleName();
  }

  private void ended(Batch made, String what, @Nullable Integer status) {
    if (status != null && status >= 200 && status < 300) {
      around.stats().count(Outcome.DELIVERED, made.events());
      if (recovered()) {
        log(Level.INFO, "a webhook takes events again", made, what);
      }
      later(0, this::begin);
      return;
    }
    if (tryAgain(made, what)) {
      around.stats().count(Outcome.RETRIED, made.events());
      return;
    }
    around.stats().count(Outcome.GIVEN_UP, made.events());
    log(Level.WARNING, "gave up telling a webhook", made, what);
    later(0, this::begin);
  }

  private synchronized boolean recovered() {
    boolean was = failing;
    failing = false;
    return was;
  }

  private synchronized boolean tryAgain(Batch made, String what) {
    long longest = Math.min(LONGEST_WAIT, FIRST_WAIT << Math.min(retries, 10));
    long wait = (long) (longest * (1 + around.chance().getAsDouble()) / 2);
    long tried = around.clock().nanos() - made.begunNanos();
    if (stopping || tried + wait > PATIENCE.toNanos()) {
      return false;
    }
    if (!failing) {
      failing = true; // one line for one outage
      log(Level.WARNING, "a webhook fails and is tried again", made, what);
    }
    retries++;
    var waits = new BackOff();
    backOff = waits;
    waits.cancel = around.delays().after(wait, () -> callAfter(waits));
    return true;
  }

  /** Only the host: the rest of a URL is as good as a password with many receivers. */
  private void log(Level level, String message, Batch made, String what) {
    LOG.log(
        level,
        () ->
            "%s app=%s host=%s events=%d what=%s"
                .formatted(message, app.id(), webhook.url().getHost(), made.events(), what));
  }
}
