package dev.runar.internal.boot;

import dev.runar.internal.node.NodeCore;
import dev.runar.internal.script.ScriptHost;
import dev.runar.internal.script.ScriptStatus;
import dev.runar.spi.Metrics.Readings;
import java.util.function.ToLongFunction;

/** What can be read of a node while it runs. */
final class NodeReadings {
  private NodeReadings() {}

  static Readings of(NodeCore core, ScriptHost scripts) {
    return new Readings(
        core::requestsInFlight,
        () -> sum(scripts, ScriptStatus::waiting),
        core::subscriptions,
        () -> core.ledger().counts().published(),
        () -> core.ledger().counts().handled(),
        () -> core.ledger().counts().failed(),
        () -> core.ledger().counts().refused(),
        () -> sum(scripts, ScriptStatus::restarts));
  }

  private static long sum(ScriptHost scripts, ToLongFunction<ScriptStatus> count) {
    return scripts.status().stream().mapToLong(count).sum();
  }
}
