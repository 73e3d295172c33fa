package dev.runar.internal.node;

import dev.runar.Subscription;
import java.util.List;

/**
 * What one script context has in the node.
 *
 * @param services in the order of their registration
 * @param subscriptions of handlers that belong to no service
 */
public record Holdings(List<ServiceDefinition> services, List<Subscription> subscriptions) {
  public Holdings {
    services = List.copyOf(services);
    subscriptions = List.copyOf(subscriptions);
  }
}
