package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import dev.runar.Subscription;
import java.util.ArrayList;
import java.util.List;

/** A registered service and the state it is in. State: any thread reads, the registry writes. */
final class ServiceEntry {
  final ServiceDefinition definition;
  final long registeredMs;

  /** As the definition has them, each endpoint with its stages around it. */
  final List<ServiceDefinition.Action> actions;

  final List<Subscription> subscriptions = new ArrayList<>(); // guarded by the registry
  volatile long startedMs;
  volatile State state = State.CREATED;

  /** Its script context has ended for good. */
  volatile boolean isGone;

  /** Why it is away and will come back; empty: it is not. */
  volatile String away = "";

  /**
   * Not registered yet.
   *
   * @throws RunarException {@code INVALID_INPUT} if an action's options are wrong
   */
  ServiceEntry(ServiceDefinition definition, NodeCore core) {
    this.definition = definition;
    this.registeredMs = core.clock().wallMs();
    if (!path().startsWith("$")) {
      core.around().service(definition);
    }
    this.actions = new ArrayList<>();
    for (ServiceDefinition.Action action : definition.actions()) {
      ActionEndpoint staged = core.stages().around(definition, action, core);
      actions.add(
          new ServiceDefinition.Action(action.name(), action.params(), action.options(), staged));
    }
  }

  /** It has its path. */
  void open() {
    actions.forEach(
        action -> {
          if (action.endpoint() instanceof ActionStage stage) {
            stage.open();
          }
        });
  }

  /** It has its path no more. */
  void close() {
    actions.forEach(
        action -> {
          if (action.endpoint() instanceof ActionStage stage) {
            stage.close();
          }
        });
  }

  /** What its callers are told while it does not run. */
  RunarException notRunning() {
    String why = away;
    return new RunarException(
        Code.NOT_RUNNING,
        why.isEmpty()
            ? "Service is not Running - it is in "
                + Introspection.shown(state)
                + " state: "
                + path()
            : "service \"" + path() + "\" is away: " + why);
  }

  String path() {
    return definition.scope().servicePath();
  }
}
