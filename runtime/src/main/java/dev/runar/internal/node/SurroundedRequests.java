package dev.runar.internal.node;

import dev.runar.NodeConfig;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The requests that are with the middleware of requests, or behind it: as many as may be in flight.
 * Any thread; never blocks.
 */
final class SurroundedRequests {
  private final NodeConfig config;
  private final Clock clock;
  private final Delays delays;
  private final Set<SurroundedRequest> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger places = new AtomicInteger();
  private volatile boolean isClosed;

  SurroundedRequests(NodeConfig config, Clock clock, Delays delays) {
    this.config = config;
    this.clock = clock;
    this.delays = delays;
  }

  /**
   * A request that has a place here until it is done, and a deadline while it is with middleware.
   *
   * @param isStream its time is that of an item, and begins when it has gone on
   * @throws RunarException {@code OVERLOADED}, {@code SHUTDOWN}
   */
  SurroundedRequest begin(String path, RequestOptions options, boolean isStream) {
    int most = config.limits().requestsInFlight();
    if (places.incrementAndGet() > most) {
      places.decrementAndGet();
      throw new RunarException(Code.OVERLOADED, "more than " + most + " requests are unanswered");
    }
    long timeoutNanos =
        Clock.nanosOf(options.timeout().isZero() ? config.requestTimeout() : options.timeout());
    var request =
        new SurroundedRequest(
            path, timeoutNanos, !options.timeout().isZero(), isStream, clock, delays);
    open.add(request);
    var _ =
        request.whenComplete(
            (result, error) -> {
              open.remove(request);
              places.decrementAndGet();
            });
    if (isClosed) { // after it was added: the close may have looked before
      request.stop();
    }
    return request;
  }

  /** Nothing is taken any more, and what is open ends. */
  void close() {
    isClosed = true;
    List.copyOf(open).forEach(SurroundedRequest::stop);
  }
}
