package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;

/** Events of one pattern: each is handled once, by one of several instances. Any thread. */
final class InstanceEvents implements EventEndpoint {
  private final int position;
  private final ServiceScope scope;
  private final InstanceKeys keys;
  private final InstancePlaces places;

  InstanceEvents(int position, ServiceScope scope, InstanceKeys keys, InstancePlaces places) {
    this.position = position;
    this.scope = scope;
    this.keys = keys;
    this.places = places;
  }

  @Override
  public Delivery offer(EventDelivery delivery) {
    ServiceDefinition instance = places.at(lane(delivery.event()));
    return instance == null
        ? Delivery.CLOSED
        : instance.events().get(position).endpoint().offer(delivery);
  }

  /** The number of the instance: each has an order of its own. */
  @Override
  public int lane(Event event) {
    return keys.ofEvent(event, places.count());
  }

  @Override
  public String owner() {
    return scope.owner();
  }
}
