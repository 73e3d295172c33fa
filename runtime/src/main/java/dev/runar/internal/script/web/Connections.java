package dev.runar.internal.script.web;

import java.util.HashSet;
import java.util.Set;

/**
 * What a script holds open to the outside, so that it ends when the script's context does. Any
 * thread.
 */
final class Connections {
  /** Connections of one script that may be open. */
  static final int MAX_CONNECTIONS = 10_000;

  private final Set<Runnable> ends = new HashSet<>(); // guarded by this
  private boolean ended; // guarded by this

  Connections(WebHost host) {
    var _ = host.ended().thenRun(this::end);
  }

  /**
   * Keeps a connection until it is forgotten.
   *
   * @param end ends it; runs at most once, at the end of the context
   * @return false when too many are open, or the context is gone: it must not be opened
   */
  synchronized boolean keep(Runnable end) {
    return !ended && ends.size() < MAX_CONNECTIONS && ends.add(end);
  }

  synchronized void forget(Runnable end) {
    ends.remove(end);
  }

  private void end() {
    Set<Runnable> open;
    synchronized (this) {
      ended = true;
      open = Set.copyOf(ends);
      ends.clear();
    }
    open.forEach(Runnable::run);
  }
}
