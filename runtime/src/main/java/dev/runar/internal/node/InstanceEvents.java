package dev.runar.internal.node;

import dev.runar.Delivery;

/** Events of one pattern: each is handled once, by one of several instances. Any thread. */
final class InstanceEvents implements EventEndpoint {
  private final int position;
  private final InstanceKeys keys;
  private final InstancePlaces places;

  InstanceEvents(int position, InstanceKeys keys, InstancePlaces places) {
    this.position = position;
    this.keys = keys;
    this.places = places;
  }

  @Override
  public Delivery offer(EventDelivery delivery) {
    ServiceDefinition instance = places.at(keys.ofEvent(delivery.event(), places.count()));
    return instance == null
        ? Delivery.CLOSED
        : instance.events().get(position).endpoint().offer(delivery);
  }
}
