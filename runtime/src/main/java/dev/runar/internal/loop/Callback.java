package dev.runar.internal.loop;

import dev.runar.RunarException;

/** One piece of work for an owner thread. Exactly one of its methods is called, exactly once. */
public interface Callback {
  /** Does the work. Owner thread. Reports its own failures; must not throw. */
  void run();

  /** Tells the sender that the work will never be done. Any thread; must not throw or block. */
  void abandon(RunarException reason);

  /** Whether it stays in its queue while that holds what comes from outside. */
  default boolean canWait() {
    return false;
  }

  /** About how many payload bytes it keeps alive while it waits; always the same answer. */
  default int size() {
    return 0;
  }
}
