package dev.runar.internal.script;

import dev.runar.internal.loop.Timers;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;

/** The timers of a script. Each method that sets one gives its id, or -1. Owner thread only. */
public final class HostTimers {
  private final ScriptContext context;

  HostTimers(ScriptContext context) {
    this.context = context;
  }

  @HostAccess.Export
  public double once(Value callback, double delayMs) {
    return timers().set(after(delayMs), 0, () -> callback.executeVoid());
  }

  @HostAccess.Export
  public double every(Value callback, double delayMs) {
    return timers().set(after(delayMs), nanos(delayMs), () -> callback.executeVoid());
  }

  /** As a timeout; a script that has stopped its node is not waited for because of it. */
  @HostAccess.Export
  public double deadline(Value callback, double delayMs) {
    return timers().deadline(after(delayMs), () -> callback.executeVoid());
  }

  /** Whether a script that has stopped its node is waited for because of a timeout. */
  @HostAccess.Export
  public void awaited(double id, boolean isAwaited) {
    timers().awaited((long) id, isAwaited);
  }

  @HostAccess.Export
  public void clear(double id) {
    timers().clear((long) id);
  }

  private Timers timers() {
    return context.owner().timers();
  }

  private long after(double delayMs) {
    return context.clock().nanos() + nanos(delayMs);
  }

  private static long nanos(double ms) {
    return (long) (ms * 1e6);
  }
}
