package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.internal.loop.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A callback from outside: another context can do it instead, as long as it has not begun. Any
 * thread.
 */
interface Movable extends Callback {
  /** Where it runs. */
  ScriptContext context();

  /** Its like where the one runs that has taken over from its handler; null: there is none. */
  @Nullable Movable moved();

  /** Its like in a context, which may be this one. */
  default @Nullable Movable in(ScriptContext wanted) {
    return context().equals(wanted) ? this : moved();
  }

  /** Tells its sender that nobody will do it. */
  void fail(RunarException reason);

  @Override
  default boolean canWait() {
    return true;
  }
}
