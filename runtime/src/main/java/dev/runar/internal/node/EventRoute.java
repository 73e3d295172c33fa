package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.PublishReceipt;
import dev.runar.internal.topic.TopicPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where events of one topic go. Immutable, but for whose turn it is in a group; any thread. */
final class EventRoute {
  private static final int MAX_REFUSALS = 100;

  final TopicPath path;

  /** As handlers see it. */
  final String topic;

  private final Target[] targets;

  /** By target; of a group, its first member. */
  private final Subscriber[] subscribers;

  private final boolean hasGroups;

  /** Who gets an event: one subscription, or one of a group. */
  sealed interface Target {}

  /** A subscription with the values of its pattern's templates. */
  record Match(EventSubscription to, Map<String, String> params) implements Target {}

  private record Group(List<Match> members, AtomicInteger turn) implements Target {}

  /** The place of one event with each subscription that may get it. */
  static final class Places {
    private final Map<EventSubscription, OfferOrder.Place> all = new HashMap<>();

    private void take(Match match) {
      all.put(match.to, match.to.order.take());
    }

    private Delivery offer(EventSubscription to, BusDelivery delivery) {
      return to.order.offer(delivery, Objects.requireNonNull(all.remove(to)));
    }

    /** Those that were not needed. */
    void release() {
      all.forEach((to, place) -> to.order.release(place));
    }
  }

  /** Everything of one publication that its deliveries share. */
  private record Publication(
      Event event,
      EventTrace trace,
      @Nullable Acknowledgement ack,
      DeliveryLog log,
      @Nullable Places places) {
    Delivery offer(EventSubscription to, BusDelivery delivery) {
      return places == null ? to.offer(delivery) : places.offer(to, delivery);
    }
  }

  /**
   * A route.
   *
   * @param matches in the order of their subscriptions
   */
  EventRoute(TopicPath path, String topic, List<Match> matches) {
    this.path = path;
    this.topic = topic;
    var all = new ArrayList<Target>();
    var groups = new LinkedHashMap<String, Group>();
    var firsts = new ArrayList<Subscriber>();
    for (Match match : matches) {
      String name = match.to.options.group();
      Group known = groups.get(name);
      if (known != null) {
        known.members.add(match);
        continue;
      }
      Target target = match;
      if (!name.isEmpty()) {
        Group group = new Group(new ArrayList<>(List.of(match)), new AtomicInteger());
        groups.put(name, group);
        target = group;
      }
      all.add(target);
      firsts.add(match.to.subscriber());
    }
    this.targets = all.toArray(Target[]::new);
    this.subscribers = firsts.toArray(Subscriber[]::new);
    this.hasGroups = !groups.isEmpty();
  }

  /** No handler would get anything. */
  boolean isEmpty() {
    return targets.length == 0;
  }

  /** What the offers to all subscriptions came to. */
  record Result(int queued, int refused, List<PublishReceipt.Refusal> refusals) {}

  /** The trace of an event that is about to be delivered. */
  EventTrace trace(Event event, long atNanos, String publisher, boolean isDeadLetter) {
    return new EventTrace(
        event, atNanos, publisher, isDeadLetter, hasGroups ? subscribers.clone() : subscribers);
  }

  /** Takes a place with everyone who may get the event. Under the bus's lock. */
  Places places() {
    var places = new Places();
    for (Target target : targets) {
      switch (target) {
        case Match match -> places.take(match);
        case Group group -> group.members.forEach(places::take);
      }
    }
    return places;
  }

  /**
   * Offers an event to everyone.
   *
   * @param places where it has some; null: it takes its turn as it comes
   */
  Result deliver(
      Event event,
      EventTrace trace,
      @Nullable Acknowledgement ack,
      DeliveryLog log,
      @Nullable Places places) {
    var publication = new Publication(event, trace, ack, log, places);
    int queued = 0;
    List<PublishReceipt.Refusal> refusals = List.of();
    for (int step = 0; step < targets.length; step++) {
      Target target = targets[step];
      log.ledger.queued(); // before the offer, since the handler may be done before it returns
      Delivery answer =
          switch (target) {
            case Match match -> offer(match, publication, step);
            case Group group -> offerToOne(group, publication, step);
          };
      if (answer == Delivery.QUEUED) {
        queued++;
      } else {
        log.ledger.refused();
        subscribers[step].refused.increment();
        trace.refused(step, answer, log.clock.nanos());
        log.traces.trouble(trace);
        refusals = noted(refusals, pattern(target), answer);
      }
    }
    return new Result(queued, targets.length - queued, refusals);
  }

  private static Delivery offer(Match match, Publication what, int step) {
    Subscriber who = match.to.subscriber();
    who.queued.increment();
    Delivery answer =
        what.offer(
            match.to,
            new BusDelivery(what.event, match.params, match.to, what.ack, what.trace, step));
    if (answer != Delivery.QUEUED) {
      who.queued.decrement();
    }
    return answer;
  }

  /** The least busy first; of those that are equally busy each in turn. */
  private static Delivery offerToOne(Group group, Publication what, int step) {
    List<Match> members = group.members;
    int count = members.size();
    int first = Math.floorMod(group.turn.getAndIncrement(), count);
    var left = new ArrayList<Match>(count);
    for (int i = 0; i < count; i++) {
      left.add(members.get((first + i) % count));
    }
    Delivery refusal = Delivery.CLOSED;
    while (!left.isEmpty()) {
      Match next = left.remove(leastBusy(left));
      what.trace.goesTo(step, next.to.subscriber());
      switch (offer(next, what, step)) {
        case QUEUED -> {
          return Delivery.QUEUED;
        }
        case FULL -> refusal = Delivery.FULL;
        case CLOSED -> {}
      }
    }
    return refusal;
  }

  private static int leastBusy(List<Match> members) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < members.size() && least > 0; i++) {
      long waiting = members.get(i).to.subscriber().waiting();
      if (waiting < least) {
        least = waiting;
        best = i;
      }
    }
    return best;
  }

  private static String pattern(Target target) {
    return switch (target) {
      case Match match -> match.to.pattern();
      case Group group -> group.members.getFirst().to.pattern();
    };
  }

  private static List<PublishReceipt.Refusal> noted(
      List<PublishReceipt.Refusal> refusals, String pattern, Delivery answer) {
    var all = refusals.isEmpty() ? new ArrayList<PublishReceipt.Refusal>() : refusals;
    if (all.size() < MAX_REFUSALS) {
      all.add(new PublishReceipt.Refusal(pattern, answer));
    }
    return all;
  }
}
