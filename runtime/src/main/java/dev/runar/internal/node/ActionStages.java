package dev.runar.internal.node;

import dev.runar.RunarException;

/**
 * Puts around an action's endpoint what its options ask for: checks of input and output, a cache,
 * retries and the like. Any thread.
 */
public interface ActionStages {
  /** Nothing around any action. */
  ActionStages NONE = (service, action, core) -> action.endpoint();

  /**
   * The action's own endpoint if its options ask for nothing, else an {@link ActionStage} that
   * offers it what comes through.
   *
   * @throws RunarException {@code INVALID_INPUT} if an option is wrong, saying where
   */
  ActionEndpoint around(ServiceDefinition service, ServiceDefinition.Action action, NodeCore core);
}
