package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.PublishOptions;
import dev.runar.channels.TopicWriter;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes on one topic past everything that a publication needs and a packet does not: where it goes
 * is looked up when subscriptions have changed, and an event is only made for handlers. Any thread.
 */
final class BusWriter implements TopicWriter {
  /** Where it goes, as long as these are the routes of the bus and its sinks. */
  private record Way(Object routes, int sinks, EventRoute route, List<Inlet> inlets) {}

  private final EventBus bus;
  private final String topic;
  private final BooleanSupplier closed;
  private final LongAdder dropped = new LongAdder();
  private volatile @Nullable Way way;

  BusWriter(EventBus bus, String topic, BooleanSupplier closed) {
    this.bus = bus;
    this.topic = topic;
    this.closed = closed;
  }

  @Override
  public String topic() {
    return topic;
  }

  @Override
  public Outcome offer(byte[] packet) {
    if (closed.getAsBoolean()) {
      return Outcome.CLOSED;
    }
    Payload payload = Payload.encoded(Kind.BYTES, packet);
    Way to = way();
    bus.log().ledger.published();
    boolean whole = to.route.isEmpty() || toHandlers(to.route, payload);
    for (Inlet inlet : to.inlets) {
      whole &= inlet.write(payload);
    }
    if (whole) {
      return Outcome.ACCEPTED;
    }
    dropped.increment();
    return Outcome.DROPPED;
  }

  @Override
  public long dropped() {
    return dropped.sum();
  }

  private boolean toHandlers(EventRoute route, Payload payload) {
    DeliveryLog log = bus.log();
    Event event = bus.event(route, payload, PublishOptions.DEFAULT, null);
    EventTrace trace = route.trace(event, log.clock.nanos(), "writer of " + topic, false);
    log.traces.add(trace);
    return route.deliver(event, trace, null, log, null).refused() == 0;
  }

  private Event event(String of, Payload payload) {
    return bus.event(bus.route(of), payload, PublishOptions.DEFAULT, null);
  }

  @SuppressWarnings("ReferenceEquality") // other routes are another table, whatever is in it
  private Way way() {
    Way known = way;
    Object routes = bus.routes;
    if (known != null && known.routes == routes && known.sinks == bus.sinks.size()) {
      return known;
    }
    List<Inlet> inlets = bus.sinks.stream().map(sink -> sink.inlet(topic, this::event)).toList();
    var found = new Way(routes, inlets.size(), bus.route(topic), inlets);
    way = found;
    return found;
  }
}
