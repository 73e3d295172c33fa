package dev.runar.internal.node.stage;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.runar.ActionOptions.Cache;
import dev.runar.Delivery;
import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.Subscription;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceScope;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps results for a while, so that the same request is answered without the handler. Requests for
 * the same that come while the first one runs wait for its result. An error is given to those who
 * waited for it, and is not kept. Status and headers for an HTTP client go with the result; one
 * with a cookie is for its client alone, so it is not kept. Any thread; never blocks.
 *
 * <p>An event of one of the invalidating topics empties the cache before its publisher has the
 * receipt; a result that is being made at that moment goes to those who wait, and is not kept.
 */
final class CacheStage implements ActionEndpoint {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  private final Cache options;
  private final ActionEndpoint next;
  private final AsyncCache<CacheKey, Payload> results;
  private final Counters counters;
  private final AtomicBoolean cookieTold = new AtomicBoolean();
  private final List<Subscription> subscriptions = new ArrayList<>(); // guarded by itself

  CacheStage(Cache options, ActionEndpoint next, Clock clock, Counters counters) {
    this.options = options;
    this.next = next;
    this.counters = counters;
    this.results =
        Caffeine.newBuilder()
            .maximumSize(options.maxEntries())
            .expireAfterWrite(options.ttl())
            .ticker(clock::nanos)
            .executor(Runnable::run)
            .buildAsync();
  }

  @Override
  public Delivery offer(Invocation call) {
    CacheKey key = CacheKey.of(options, call);
    CompletableFuture<Payload> known = results.getIfPresent(key);
    if (known == null) {
      var flight = new Flight();
      known = results.asMap().putIfAbsent(key, flight);
      if (known == null) {
        counters.add(Count.CACHE_MISSES);
        next.submit(new Leader(call, key, flight).watched());
        return Delivery.QUEUED;
      }
    }
    if (known instanceof Flight before) {
      if (before.isDone() && !before.isCompletedExceptionally()) {
        succeed(call, before);
      } else {
        before.await(call, waiter -> settle(waiter, before));
      }
    }
    return Delivery.QUEUED;
  }

  private void succeed(Invocation call, Flight flight) {
    counters.add(Count.CACHE_HITS);
    try {
      flight.said().to(call.http());
      call.succeed(flight.resultNow());
    } catch (RunarException full) { // its middleware has said too much before
      call.fail(full);
    }
  }

  /** One who waited, when the flight is over. */
  private void settle(Invocation call, Flight flight) {
    if (flight.isCancelled()) {
      offer(call); // the first one has given up: somebody else makes the call
    } else if (flight.said().hasCookies()) {
      counters.add(Count.NOT_CACHED);
      next.submit(call);
    } else if (flight.isCompletedExceptionally()) {
      counters.add(Count.CACHE_HITS);
      call.fail(Failures.of(flight.exceptionNow()));
    } else {
      succeed(call, flight);
    }
  }

  /** Subscribes to what empties the cache. */
  void open(NodeCore core, ServiceScope scope) {
    synchronized (subscriptions) {
      for (String pattern : options.invalidatedBy()) {
        subscriptions.add(
            core.watch(
                scope.resolve(pattern),
                delivery -> {
                  clear();
                  delivery.handled();
                  return Delivery.QUEUED;
                }));
      }
    }
  }

  void close() {
    synchronized (subscriptions) {
      subscriptions.forEach(Subscription::close);
      subscriptions.clear();
    }
    results.synchronous().invalidateAll();
  }

  private void clear() {
    counters.add(Count.INVALIDATIONS);
    results.synchronous().invalidateAll();
  }

  /** The call that is made. */
  private final class Leader extends WatchedInvocation {
    private final CacheKey key;
    private final Flight flight;
    private final @Nullable NotedHttp http;

    Leader(Invocation call, CacheKey key, Flight flight) {
      super(call);
      this.key = key;
      this.flight = flight;
      this.http = call.http().map(NotedHttp::new).orElse(null);
    }

    @Override
    public Optional<HttpCall> http() {
      return Optional.ofNullable(http);
    }

    private void noteWhatWasSaid() {
      if (http != null) {
        flight.say(http.said());
      }
    }

    /** Before anybody hears of the result and may ask again. */
    private void keepNothing() {
      results.asMap().remove(key, flight);
      counters.add(Count.NOT_CACHED);
      if (cookieTold.compareAndSet(false, true)) {
        LOG.log(
            Level.WARNING,
            "an answer with a cookie is not cached, as none of this action will be path=" + path());
      }
    }

    @Override
    void succeeded(Payload result) {
      noteWhatWasSaid();
      if (flight.said().hasCookies()) {
        keepNothing();
      }
      flight.complete(result);
      call().succeed(result);
      flight.land(waiter -> settle(waiter, flight));
    }

    @Override
    void failed(RunarException error) {
      noteWhatWasSaid();
      results.asMap().remove(key, flight); // before anybody hears of it and may ask again
      flight.completeExceptionally(error);
      call().fail(error);
      flight.land(waiter -> settle(waiter, flight));
    }

    @Override
    void cancelled() {
      results.asMap().remove(key, flight);
      flight.cancel(false);
      flight.land(waiter -> settle(waiter, flight));
    }
  }
}
