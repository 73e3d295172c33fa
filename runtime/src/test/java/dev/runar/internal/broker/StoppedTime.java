package dev.runar.internal.broker;

import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;
import java.util.ArrayList;
import java.util.List;

/** A clock that stands still, and what waits for it until the test runs it. One thread. */
final class StoppedTime implements Clock, Delays {
  /** In seconds. */
  static final long NOW = 1_000_000;

  final List<Waiting> delays = new ArrayList<>();

  /** What is to be run after so many nanoseconds. */
  record Waiting(long nanos, Runnable task) {}

  @Override
  public long nanos() {
    return 0;
  }

  @Override
  public long wallMs() {
    return NOW * 1_000;
  }

  @Override
  public Runnable after(long nanos, Runnable task) {
    var waiting = new Waiting(nanos, task);
    delays.add(waiting);
    return () -> delays.remove(waiting);
  }

  @Override
  public void close() {}
}
