package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.Service.State;
import java.time.Duration;
import java.util.Locale;

/**
 * Changes the state of services, and tells who wants to know: the registry, who waits for another
 * service, and everybody by an event that is kept. Any thread, without a lock.
 */
final class ServiceStates {
  private static final Duration RETENTION = Duration.ofDays(365);

  private final Registry registry;
  private final Dependencies dependencies;
  private final EventBus bus;
  private final dev.runar.spi.Clock clock;

  ServiceStates(
      Registry registry, Dependencies dependencies, EventBus bus, dev.runar.spi.Clock clock) {
    this.registry = registry;
    this.dependencies = dependencies;
    this.bus = bus;
    this.clock = clock;
  }

  void change(ServiceEntry entry, State state) {
    entry.state = state;
    registry.stateChanged(entry);
    String topic =
        "$registry/services/" + entry.path() + "/state/" + state.name().toLowerCase(Locale.ROOT);
    var _ =
        bus.publish(
            topic,
            Payload.object(
                "path",
                entry.path(),
                "version",
                entry.definition.version(),
                "state",
                state.name(),
                "timestamp",
                clock.wallMs()),
            PublishOptions.DEFAULT.withRetainFor(RETENTION));
    if (state == State.RUNNING) {
      dependencies.changed();
    }
  }
}
