package dev.runar.internal.node;

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
}
