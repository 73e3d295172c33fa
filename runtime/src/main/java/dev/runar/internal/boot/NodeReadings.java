package dev.runar.internal.boot;

import dev.runar.internal.node.NodeCore;
import dev.runar.internal.script.ScriptStatus;
import dev.runar.spi.Metrics.Readings;
import java.util.function.ToLongFunction;

/** What can be read of a node while it runs. */
final class NodeReadings {
  private NodeReadings() {}

  static Readings of(NodeCore core, Contexts contexts) {
    return new Readings(
        core::requestsInFlight,
        () -> sum(contexts, ScriptStatus::waiting),
        core::subscriptions,
        () -> core.ledger().counts().published(),
        () -> core.ledger().counts().handled(),
        () -> core.ledger().counts().failed(),
        () -> core.ledger().counts().refused(),
        () -> sum(contexts, ScriptStatus::restarts));
  }

  private static long sum(Contexts contexts, ToLongFunction<ScriptStatus> count) {
    return contexts.status().stream().mapToLong(count).sum();
  }
}
