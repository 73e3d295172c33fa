package dev.runar.internal.metrics;

import dev.runar.metrics.MicrometerMetrics;
import dev.runar.spi.Metrics.Readings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Meters, and the text that Prometheus reads of them. Nearly all of them only say where a count is
 * that is there anyway: it is read when the page is. Any thread.
 */
public final class PrometheusPage implements AutoCloseable {
  /** The type of {@link #text}. */
  public static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Duration[] DELAYS =
      List.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  /** How long the greatest delay is shown; no scrape that comes more often misses it. */
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collector = new JvmGcMetrics();
  private final List<Runnable> beforeEach = new CopyOnWriteArrayList<>();

  /** Micrometer alone would let the suppliers be collected, and their counts stand still. */
  private final ConcurrentHashMap<Name, LongSupplier> counts = new ConcurrentHashMap<>();

  private record Name(String text, List<String> labels) {}

  /** With meters of the process: memory, collector, threads, processor, start. */
  public PrometheusPage() {
    new JvmMemoryMetrics().bindTo(registry);
    collector.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Meters of the node itself, as {@link MicrometerMetrics} gives them to a Java program. */
  public void node(Readings readings) {
    new MicrometerMetrics(registry).started(readings);
  }

  /**
   * Something that goes up and down.
   *
   * @param name with dots
   * @param labels names and values, in turn
   */
  public void gauge(String name, String help, LongSupplier value, String... labels) {
    if (counts.putIfAbsent(new Name(name, List.of(labels)), value) == null) {
      Gauge.builder(name, value, LongSupplier::getAsLong)
          .description(help)
          .tags(Tags.of(labels))
          .register(registry);
    }
  }

  /** Something that only goes up; the page adds {@code _total} to its name. */
  public void counter(String name, String help, LongSupplier value, String... labels) {
    if (counts.putIfAbsent(new Name(name, List.of(labels)), value) == null) {
      FunctionCounter.builder(name, value, LongSupplier::getAsLong)
          .description(help)
          .tags(Tags.of(labels))
          .register(registry);
    }
  }

  /** Delays in nanoseconds as they come, from a millisecond to five seconds. */
  public LongConsumer delays(String name, String help) {
    Timer timer =
        Timer.builder(name)
            .description(help)
            .serviceLevelObjectives(DELAYS)
            .distributionStatisticExpiry(WINDOW)
            .distributionStatisticBufferLength(2)
            .register(registry);
    return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Runs before each reading, for meters that come with time. Whoever adds them bounds them. */
  public void beforeEach(Runnable addMeters) {
    beforeEach.add(addMeters);
  }

  /** The page now. */
  public String text() {
    beforeEach.forEach(Runnable::run);
    return registry.scrape();
  }

  /** Measures no longer. Repeatable. */
  @Override
  public void close() {
    collector.close();
    registry.close();
  }
}
