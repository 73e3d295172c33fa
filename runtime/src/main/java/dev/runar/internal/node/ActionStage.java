package dev.runar.internal.node;

import java.util.Map;

/** What stands between the callers of an action and its handler. Any thread. */
public interface ActionStage extends ActionEndpoint {
  /**
   * The action is about to get into the registry; a {@link #close} follows also if it does not.
   * After that it may come back. Never called under the registry's lock.
   */
  void open();

  /**
   * The action has left the registry, whose lock is not held; calls that are under way come to
   * their ends.
   */
  void close();

  /** What has happened so far, by name, such as {@code retries}; without what has not. */
  Map<String, Long> counts();
}
