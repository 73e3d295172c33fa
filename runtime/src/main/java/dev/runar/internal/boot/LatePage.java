package dev.runar.internal.boot;

import dev.runar.internal.metrics.PrometheusPage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The page of meters, made when it is asked for the first time: a node that nobody scrapes has no
 * meters, and none that starts waits for them. Any thread.
 */
final class LatePage implements AutoCloseable {
  private final Supplier<PrometheusPage> make;
  private @Nullable PrometheusPage page; // guarded by this

  LatePage(Supplier<PrometheusPage> make) {
    this.make = make;
  }

  /** The page now, as text. */
  String text() {
    return page().text();
  }

  private synchronized PrometheusPage page() {
    PrometheusPage made = page;
    if (made == null) {
      made = make.get();
      page = made;
    }
    return made;
  }

  /** Measures no longer. Repeatable. */
  @Override
  public synchronized void close() {
    if (page != null) {
      page.close();
    }
  }
}
