package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.topic.TopicPattern;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One handler on one pattern. Any thread. */
final class EventSubscription implements Subscription {
  final long id;
  final TopicPattern pattern;

  /** Whose handler it is, without what is around it. */
  final EventEndpoint handler;

  /** The order of what is offered while retained events are on their way. */
  final OfferOrder order;

  final SubscribeOptions options;
  final DeliveryLog log;
  private final EventEndpoint passage;
  private final EventBus bus;

  boolean wantsPast; // guarded by the bus

  /** Where it is listed; known when it begins. Written under the bus's lock. */
  private volatile @Nullable Subscriber subscriber;

  /** What waits in front of the handler; null: nothing does, as its options ask for nothing. */
  private volatile @Nullable EventLine line;

  /**
   * Not active yet.
   *
   * @param passage the handler behind what is around it; a line goes through that itself
   */
  EventSubscription(
      long id,
      TopicPattern pattern,
      EventEndpoint handler,
      EventEndpoint passage,
      SubscribeOptions options,
      EventBus bus,
      DeliveryLog log) {
    this.id = id;
    this.pattern = pattern;
    this.handler = handler;
    this.passage = passage;
    this.options = options;
    this.bus = bus;
    this.log = log;
    this.wantsPast = options.includePast();
    this.order = bus.order(this::offerNow);
  }

  void begin(Subscriber listed, @Nullable EventLine itsLine) {
    subscriber = listed;
    line = itsLine;
  }

  Subscriber subscriber() {
    return Objects.requireNonNull(subscriber);
  }

  /** Takes a place for a past event, which is offered by {@code order}. Under the bus's lock. */
  void takePast(Event past, Map<String, String> params) {
    log.ledger.queued();
    subscriber().queued.increment();
    order.take(new BusDelivery(past, params, this, null, null, 0));
  }

  Delivery offer(BusDelivery delivery) {
    return order.offer(delivery);
  }

  private Delivery offerNow(BusDelivery delivery) {
    EventLine before = line;
    return before == null ? passage.offer(delivery) : before.offer(delivery);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String pattern() {
    return pattern.text();
  }

  @Override
  public void close() {
    bus.unsubscribe(this);
  }
}
