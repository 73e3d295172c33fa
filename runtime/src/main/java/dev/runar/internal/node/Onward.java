package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.spi.Clock;
import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the requests and events that a handler makes take over from what it handles: meta, trace,
 * identity, and what is left of the time. Headers go one hop and are left out. Stateless.
 */
public final class Onward {
  private Onward() {}

  /** A request within a request: it gets at most what is left of that one's time. */
  public static RequestOptions request(Invocation call, RequestOptions own, Clock clock) {
    RequestOptions options = call.options();
    Duration left = Duration.ofNanos(Math.max(1, call.deadlineNanos() - clock.nanos()));
    boolean within =
        (!own.timeout().isZero() && own.timeout().compareTo(left) < 0)
            || left.compareTo(Invocation.NO_DEADLINE) > 0;
    return new RequestOptions(
        within ? own.timeout() : left,
        merged(options.meta(), own.meta()),
        call.path(),
        own.headers(),
        own.trace() == null ? call.trace() : own.trace(),
        own.identity() == null ? options.identity() : own.identity(),
        own.attempt(),
        own.onMeta());
  }

  /** A request that the handler of an event makes. */
  public static RequestOptions request(Event event, RequestOptions own) {
    return new RequestOptions(
        own.timeout(),
        merged(event.meta(), own.meta()),
        "event " + event.topic(),
        own.headers(),
        own.trace() == null ? event.trace() : own.trace(),
        own.identity(),
        own.attempt(),
        own.onMeta());
  }

  /** An event that the handler of a request publishes. */
  public static PublishOptions publish(Invocation call, PublishOptions own) {
    return publish(call.options().meta(), call.trace(), own);
  }

  /** An event that the handler of another event publishes. */
  public static PublishOptions publish(Event event, PublishOptions own) {
    return publish(event.meta(), event.trace(), own);
  }

  private static PublishOptions publish(
      Map<String, String> meta, @Nullable TraceContext trace, PublishOptions own) {
    return new PublishOptions(
        own.ack(),
        own.retainFor(),
        merged(meta, own.meta()),
        own.trace() == null ? trace : own.trace(),
        own.publisher());
  }

  /** What the handler says itself counts. */
  private static Map<String, String> merged(Map<String, String> taken, Map<String, String> own) {
    if (own.isEmpty() || taken.isEmpty()) {
      return own.isEmpty() ? taken : own;
    }
    var all = new HashMap<>(taken);
    all.putAll(own);
    return all;
  }
}
