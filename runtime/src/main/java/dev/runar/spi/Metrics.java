package dev.runar.spi;

import java.util.function.LongSupplier;

/**
 * Is told what a node does, so that an embedder can measure it. Called by the threads that do it,
 * owner threads and event loops among them: it must not block, and must not throw.
 *
 * <p>What counts up by itself in the node is not told but can be read at any time, through {@link
 * Readings}: it costs the node nothing.
 */
public interface Metrics {
  /** Measures nothing; requests then carry nothing for it. */
  Metrics NONE = new Metrics() {};

  /**
   * A request is over.
   *
   * @param service the service's path; empty when there was no such service
   * @param action the action as it was defined, with its {@code {name}} segments; empty when there
   *     was none: so the number of names is bounded by what is defined, not by what is asked
   * @param code {@code OK}, or the name of the error's code
   * @param nanos how long it took from the call to its end
   */
  default void request(String service, String action, String code, long nanos) {}

  /** A node begins; it can be read until {@link #stopped}. */
  default void started(Readings readings) {}

  /** The node of these readings has ended. */
  default void stopped(Readings readings) {}

  /**
   * What can be read of a node at any time, by any thread.
   *
   * @param requestsInFlight requests without an answer
   * @param queuedCallbacks callbacks that wait for owner threads, over all script contexts
   * @param subscriptions active subscriptions
   * @param eventsPublished counts up
   * @param eventsHandled deliveries that ended well; counts up
   * @param eventsFailed deliveries whose handler threw or was lost; counts up
   * @param eventsRefused deliveries that no queue took; counts up
   * @param contextRestarts script contexts that died and came back; counts up
   */
  record Readings(
      LongSupplier requestsInFlight,
      LongSupplier queuedCallbacks,
      LongSupplier subscriptions,
      LongSupplier eventsPublished,
      LongSupplier eventsHandled,
      LongSupplier eventsFailed,
      LongSupplier eventsRefused,
      LongSupplier contextRestarts) {}
}
