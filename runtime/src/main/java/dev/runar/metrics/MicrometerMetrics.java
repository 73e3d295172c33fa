package dev.runar.metrics;

import dev.runar.spi.Metrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The meters of one node in a Micrometer registry: {@code runar.requests} (a timer by {@code
 * service}, {@code action} and {@code code}), {@code runar.requests.in.flight}, {@code
 * runar.callbacks.waiting}, {@code runar.subscriptions}, {@code runar.events} (a counter by {@code
 * outcome}) and {@code runar.contexts.restarts}. One object for one node: nodes that share a
 * registry are told apart by tags. Any thread.
 *
 * <pre>{@code
 * Node.builder().metrics(new MicrometerMetrics(registry, Tags.of("node", "a"))).start();
 * }</pre>
 */
public final class MicrometerMetrics implements Metrics {
  /** Beyond it the registry itself is asked, which is slower and as right. */
  private static final int MAX_TIMERS = 10_000;

  private final MeterRegistry registry;
  private final Tags tags;
  private final ConcurrentHashMap<Outcome, Timer> timers = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Readings, List<Meter>> meters = new ConcurrentHashMap<>();

  /** How a request ended. */
  private record Outcome(String service, String action, String code) {}

  /** Without tags of its own. */
  public MicrometerMetrics(MeterRegistry registry) {
    this(registry, Tags.empty());
  }

  /** With tags on every meter. */
  public MicrometerMetrics(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  @Override
  public void request(String service, String action, String code, long nanos) {
    var outcome = new Outcome(service, action, code);
    Timer timer = timers.get(outcome);
    if (timer == null) {
      timer = timer(outcome);
      if (timers.size() < MAX_TIMERS) {
        timers.put(outcome, timer);
      }
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Outcome outcome) {
    return Timer.builder("runar.requests")
        .description("Requests that are over")
        .tags(tags)
        .tags("service", outcome.service(), "action", outcome.action(), "code", outcome.code())
        .register(registry);
  }

  @Override
  public void started(Readings readings) {
    meters.put(
        readings,
        List.of(
            gauge(
                "runar.requests.in.flight",
                "Requests without an answer",
                readings.requestsInFlight()),
            gauge(
                "runar.callbacks.waiting",
                "Callbacks that wait for scripts",
                readings.queuedCallbacks()),
            gauge("runar.subscriptions", "Subscriptions of services", readings.subscriptions()),
            events("published", readings.eventsPublished()),
            events("handled", readings.eventsHandled()),
            events("failed", readings.eventsFailed()),
            events("refused", readings.eventsRefused()),
            counter(
                "runar.contexts.restarts",
                "Script contexts that died and came back",
                Tags.empty(),
                readings.contextRestarts())));
  }

  @Override
  public void stopped(Readings readings) {
    List<Meter> gone = meters.remove(readings);
    if (gone != null) {
      gone.forEach(registry::remove);
    }
  }

  private Meter gauge(String name, String help, LongSupplier value) {
    return Gauge.builder(name, value, LongSupplier::getAsLong)
        .description(help)
        .tags(tags)
        .register(registry);
  }

  private Meter events(String outcome, LongSupplier value) {
    return counter(
        "runar.events", "Events and their deliveries", Tags.of("outcome", outcome), value);
  }

  private Meter counter(String name, String help, Tags more, LongSupplier value) {
    return FunctionCounter.builder(name, value, LongSupplier::getAsLong)
        .description(help)
        .tags(tags.and(more))
        .register(registry);
  }
}
