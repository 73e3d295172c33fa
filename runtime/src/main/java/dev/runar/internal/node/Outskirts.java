package dev.runar.internal.node;

import dev.runar.Middleware;
import dev.runar.spi.Metrics;
import dev.runar.spi.Telemetry;
import java.util.List;

/**
 * What the embedder has put around the node.
 *
 * @param middleware outermost first
 */
public record Outskirts(List<Middleware> middleware, Telemetry telemetry, Metrics metrics) {
  /** Nothing. */
  public static final Outskirts NONE = new Outskirts(List.of(), Telemetry.NONE, Metrics.NONE);

  public Outskirts {
    middleware = List.copyOf(middleware);
  }
}
