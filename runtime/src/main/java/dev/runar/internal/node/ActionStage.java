package dev.runar.internal.node;

import java.util.Map;

/** What stands between the callers of an action and its handler. Any thread. */
public interface ActionStage extends ActionEndpoint {
  /** The action is in the registry from now on. After {@link #close} it may come back. */
  void open();

  /** The action has left the registry; calls that are under way come to their ends. */
  void close();

  /** What has happened so far, by name, such as {@code retries}; without what has not. */
  Map<String, Long> counts();
}
