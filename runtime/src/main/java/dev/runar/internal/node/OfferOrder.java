package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayDeque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The order of what is offered to one subscription while retained or past events are on their way
 * to it. Places are taken under the bus's lock and filled outside of it: what comes to its turn is
 * offered by whoever comes first, and what must wait is queued. Any thread; nothing blocks, and
 * nothing is offered under a lock.
 *
 * <p>Nearly always nobody has a place, and events pass by at the cost of one look.
 */
final class OfferOrder {
  private final Function<BusDelivery, Delivery> offering;
  private final int maxWaiting;
  private final long maxBytes;
  private final ArrayDeque<Place> places = new ArrayDeque<>(); // guarded by this
  private boolean isOffering; // one thread at a time; guarded by this
  private int waiting; // in places, without the past ones; guarded by this
  private long bytes; // of these; guarded by this

  private volatile boolean isFree = true; // written under this

  /** The turn of one event. Guarded by its order. */
  static final class Place {
    private @Nullable BusDelivery delivery;
  }

  /**
   * Nobody waits.
   *
   * @param offering how an event is offered; never blocks, and answers
   * @param maxWaiting beyond so many a subscription refuses; past events are bounded on their own
   */
  OfferOrder(Function<BusDelivery, Delivery> offering, int maxWaiting, long maxBytes) {
    this.offering = offering;
    this.maxWaiting = maxWaiting;
    this.maxBytes = maxBytes;
  }

  /** Takes the next place for an event to come, which is to be offered there or released. */
  synchronized Place take() {
    Place place = new Place();
    places.add(place);
    isFree = false;
    return place;
  }

  /** Takes the next place for a past event; {@link #goOn} offers it. */
  void take(BusDelivery past) {
    Place place = take();
    synchronized (this) {
      place.delivery = past;
    }
  }

  /** Offers an event behind those that have places. */
  Delivery offer(BusDelivery delivery) {
    return isFree ? offering.apply(delivery) : offer(delivery, take());
  }

  /** Offers an event in its place: now if it is its turn; else it is queued, if there is room. */
  Delivery offer(BusDelivery delivery, Place place) {
    boolean isNext;
    Delivery answer = Delivery.QUEUED;
    synchronized (this) {
      isNext = !isOffering && places.peek() == place;
      if (isNext) {
        isOffering = true;
        places.remove();
      } else {
        answer = waits(delivery, place);
      }
    }
    try {
      return isNext ? offering.apply(delivery) : answer;
    } finally {
      if (isNext) {
        offered();
      }
      goOn();
    }
  }

  /** Guarded by this. */
  private Delivery waits(BusDelivery delivery, Place place) {
    int size = delivery.event().payload().size();
    if (waiting >= maxWaiting || bytes + size > maxBytes) {
      places.remove(place);
      return Delivery.FULL;
    }
    place.delivery = delivery;
    waiting++;
    bytes += size;
    return Delivery.QUEUED;
  }

  /** The event has gone elsewhere; of a place that was used there is nothing to release. */
  void release(Place place) {
    synchronized (this) {
      if (place.delivery != null || !places.remove(place)) {
        return;
      }
    }
    goOn();
  }

  /** Offers those whose turn it is. */
  void goOn() {
    for (BusDelivery next = next(); next != null; next = next()) {
      try {
        settle(next, offering.apply(next));
      } finally {
        offered();
      }
    }
  }

  private synchronized @Nullable BusDelivery next() {
    Place first = isOffering ? null : places.peek();
    BusDelivery delivery = first == null ? null : first.delivery;
    if (delivery == null) {
      isFree = places.isEmpty() && !isOffering;
      return null;
    }
    places.remove();
    if (!delivery.isPast()) {
      waiting--;
      bytes -= delivery.event().payload().size();
    }
    isOffering = true;
    return delivery;
  }

  private synchronized void offered() {
    isOffering = false;
  }

  /** Its publisher has been told that it is queued, and is not there any more. */
  private static void settle(BusDelivery delivery, Delivery answer) {
    if (answer == Delivery.QUEUED) {
      return;
    }
    if (delivery.isPast()) {
      delivery.refused();
      return;
    }
    String topic = delivery.event().topic();
    delivery.failed(
        answer == Delivery.FULL
            ? new RunarException(
                Code.OVERLOADED, "the queue of a handler of event " + topic + " is full")
            : new RunarException(Code.CONTEXT_GONE, "a handler of event " + topic + " is gone"));
  }
}
