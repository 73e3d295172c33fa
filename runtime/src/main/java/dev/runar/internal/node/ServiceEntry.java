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
  final List<Subscription> subscriptions = new ArrayList<>(); // guarded by the registry
  volatile long startedMs;
  volatile State state = State.CREATED;

  /** Its script context has ended for good. */
  volatile boolean isGone;

  /** Why it is away and will come back; empty: it is not. */
  volatile String away = "";

  ServiceEntry(ServiceDefinition definition, long registeredMs) {
    this.definition = definition;
    this.registeredMs = registeredMs;
  }

  String path() {
    return definition.scope().servicePath();
  }

  /** What a caller is told while it does not run. */
  RunarException notRunning() {
    String reason = away;
    return new RunarException(
        Code.NOT_RUNNING,
        reason.isEmpty()
            ? "Service is not Running - it is in "
                + Introspection.shown(state)
                + " state: "
                + path()
            : "service \"" + path() + "\" is away: " + reason);
  }
}
