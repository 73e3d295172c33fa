package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.Subscription;
import dev.runar.internal.topic.TopicPattern;
import java.util.List;

/** The event handlers of services on the bus. Any thread. */
record ServiceListeners(EventBus bus) {
  /**
   * Refuses handlers that could not be subscribed.
   *
   * @throws RunarException {@code INVALID_PATH}, {@code INVALID_INPUT}
   */
  void check(ServiceDefinition definition) {
    for (ServiceDefinition.EventListener listener : definition.events()) {
      TopicPattern _ = pattern(definition.scope(), listener);
      bus.check(listener.options());
    }
  }

  static TopicPattern pattern(ServiceScope scope, ServiceDefinition.EventListener listener) {
    return TopicPattern.parse(scope.resolve(listener.pattern()), scope.networkId());
  }

  /**
   * Subscribes what is in the node still.
   *
   * @throws RunarException {@code NOT_RUNNING}
   */
  void subscribe(ServiceEntry entry) {
    ServiceDefinition definition = entry.definition;
    synchronized (entry.subscriptions) {
      entry.refuseGone();
      for (ServiceDefinition.EventListener listener : definition.events()) {
        entry.subscriptions.add(
            bus.subscribe(
                pattern(definition.scope(), listener),
                ServicePauses.unlessPaused(entry, listener.endpoint()),
                listener.options()));
      }
    }
  }

  /** Nothing reaches them before {@link EventBus#exchange}. */
  List<Subscription> prepare(ServiceEntry entry) {
    ServiceDefinition definition = entry.definition;
    synchronized (entry.subscriptions) {
      for (ServiceDefinition.EventListener listener : definition.events()) {
        entry.subscriptions.add(
            bus.prepare(
                pattern(definition.scope(), listener),
                ServicePauses.unlessPaused(entry, listener.endpoint()),
                listener.options()));
      }
      return List.copyOf(entry.subscriptions);
    }
  }

  static void unsubscribe(ServiceEntry entry) {
    synchronized (entry.subscriptions) {
      entry.subscriptions.forEach(Subscription::close);
      entry.subscriptions.clear();
    }
  }
}
