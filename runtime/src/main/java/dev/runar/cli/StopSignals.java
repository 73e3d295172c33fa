package dev.runar.cli;

/** How the user or a service manager asks this process to end. */
@FunctionalInterface
interface StopSignals {
  /** Runs the callback, on any thread, at the first request to end. */
  void listen(Runnable callback);
}
