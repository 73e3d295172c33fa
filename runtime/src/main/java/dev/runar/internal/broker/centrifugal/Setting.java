package dev.runar.internal.broker.centrifugal;

import dev.runar.internal.node.Delays;
import dev.runar.internal.node.NodeGate;
import dev.runar.spi.Clock;

/** What the conversations of all clients share. Any thread. */
record Setting(
    NodeGate gate,
    ClientTokens tokens,
    PresenceTable presence,
    CentrifugalStats stats,
    Clock clock,
    Delays delays) {

  /** Seconds until then; 0: it never comes. */
  long secondsUntil(long epochSecond) {
    return epochSecond == 0 ? 0 : Math.max(0, epochSecond - clock.wallMs() / 1_000);
  }

  /** Whether it has come. */
  boolean isOver(long epochSecond) {
    return epochSecond != 0 && secondsUntil(epochSecond) == 0;
  }
}
