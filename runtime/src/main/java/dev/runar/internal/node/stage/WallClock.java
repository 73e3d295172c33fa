package dev.runar.internal.node.stage;

import dev.runar.spi.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The node's clock as the JDK has clocks, on its monotonic time: only differences mean something.
 */
final class WallClock extends java.time.Clock {
  private final Clock clock;

  WallClock(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(clock.nanos());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public java.time.Clock withZone(ZoneId zone) {
    return this;
  }
}
