package dev.runar.internal.script;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.graalvm.polyglot.Context;

/**
 * How an owner thread enters its context. While another context of the engine is ended in the
 * middle of a turn, the engine may hold this one to be in use by a second thread for a moment, and
 * refuse its own; that is no reason to give it up.
 */
final class ContextEntry {
  private static final int ATTEMPTS = 500;
  private static final long PAUSE_NANOS = 200_000;

  private ContextEntry() {}

  /**
   * Enters, after a while if need be.
   *
   * @param ending whether it is being ended itself
   */
  static void enter(Context context, BooleanSupplier ending) {
    for (int attempt = 1; ; attempt++) {
      try {
        context.enter();
        return;
      } catch (IllegalStateException notAlone) {
        if (attempt == ATTEMPTS || ending.getAsBoolean()) {
          throw notAlone;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
