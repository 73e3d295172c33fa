package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.Limits;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.DeadLetters.DeadLetter;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.internal.topic.TopicTrie;
import dev.runar.spi.Clock;
import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Takes an event from its publisher to every handler whose pattern matches, on the publisher's
 * thread: for each handler one offer to its queue, and the answers are the publisher's receipt. Any
 * thread; no lock on the way of an event that is not retained.
 */
final class EventBus {
  /** Topics whose matches are remembered; then all are forgotten and looked up again. */
  private static final int MAX_ROUTES = 10_000;

  private final String networkId;
  private final Clock clock;
  private final Traces spans;
  private final DeliveryLog log;
  private final UnaryOperator<EventEndpoint> passage;
  private final AtomicLong eventIds = new AtomicLong();
  private final AtomicLong subscriptionIds = new AtomicLong();
  final List<EventSink> sinks = new CopyOnWriteArrayList<>();

  private final TopicTrie<EventSubscription> trie = new TopicTrie<>(); // guarded by this
  private final Subscribers subscribers; // guarded by this
  private final RetainedEvents retained; // guarded by this

  /** By the topic as the publisher spelled it. Replaced whenever a subscription comes or goes. */
  volatile ConcurrentHashMap<String, EventRoute> routes = new ConcurrentHashMap<>();

  /**
   * A bus without subscriptions.
   *
   * @param manualTimeout within which an event is to be acknowledged, if its subscription does not
   *     say
   * @param passage what events go through in front of a handler
   */
  EventBus(
      String networkId,
      Limits limits,
      Duration manualTimeout,
      Clock clock,
      Delays delays,
      Ledger ledger,
      Traces spans,
      UnaryOperator<EventEndpoint> passage) {
    this.networkId = networkId;
    this.clock = clock;
    this.spans = spans;
    this.passage = passage;
    this.retained = new RetainedEvents(limits.retainedEvents(), limits.retainedBytes(), clock);
    this.log =
        new DeliveryLog(
            ledger,
            clock,
            new DeadLetters(limits.retainedEvents(), limits.retainedBytes()),
            this::publish);
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    this.subscribers =
        new Subscribers(
            new EventLine.Surroundings(
                clock,
                delays,
                random,
                limits.queuedCallbacks(),
                limits.queuedBytes(),
                manualTimeout,
                passage));
  }

  PublishReceipt publish(String topic, Payload payload, String publisher) {
    EventRoute route = route(topic);
    return deliver(route, event(route, payload, PublishOptions.DEFAULT, null), publisher, null);
  }

  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options) {
    return publish(topic, payload, options, null);
  }

  /**
   * As {@link #publish(String, Payload, PublishOptions)}.
   *
   * @param place of the event in its trace; null: a new one
   */
  CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options, @Nullable TraceContext place) {
    Acknowledgement ack =
        options.ack() == PublishOptions.Ack.HANDLED ? new Acknowledgement() : null;
    PublishReceipt receipt;
    if (options.retainFor().isPositive()) {
      receipt = publishRetained(topic, payload, options, place, ack);
    } else {
      EventRoute route = route(topic);
      receipt = deliver(route, event(route, payload, options, place), options.publisher(), ack);
    }
    return ack == null ? CompletableFuture.completedFuture(receipt) : ack.arm(receipt);
  }

  /**
   * Under the lock it gets its place with each subscription, so that one with {@code replay} sees
   * each event exactly once, and none sees an older one of a topic behind a newer; it is offered
   * outside of the lock.
   */
  private PublishReceipt publishRetained(
      String topic,
      Payload payload,
      PublishOptions options,
      @Nullable TraceContext place,
      @Nullable Acknowledgement ack) {
    EventRoute route;
    Event event;
    EventRoute.Places places;
    synchronized (this) {
      route = route(topic);
      event = event(route, payload, options, place);
      retained.add(route.path, event, Clock.nanosOf(options.retainFor()));
      places = route.places();
    }
    try {
      EventTrace trace = route.trace(event, clock.nanos(), options.publisher(), false);
      return deliver(route, event, trace, ack, places);
    } finally {
      places.release();
    }
  }

  /** The event that tells of one that could not be handled. */
  private PublishReceipt publish(String topic, DeadLetter letter) {
    EventRoute route = route(topic);
    Event event = event(route, letter.published(), letter.options(), null);
    return deliver(
        route,
        event,
        route.trace(event, clock.nanos(), letter.subscription().text(), true),
        null,
        null);
  }

  Event event(
      EventRoute route, Payload payload, PublishOptions options, @Nullable TraceContext place) {
    return new Event(
        eventIds.incrementAndGet(),
        route.topic,
        payload,
        clock.wallMs(),
        options.meta(),
        spans.at(place).next(options.trace()));
  }

  private PublishReceipt deliver(
      EventRoute route, Event event, String publisher, @Nullable Acknowledgement ack) {
    EventTrace trace = route.trace(event, clock.nanos(), publisher, false);
    return deliver(route, event, trace, ack, null);
  }

  private PublishReceipt deliver(
      EventRoute route,
      Event event,
      EventTrace trace,
      @Nullable Acknowledgement ack,
      EventRoute.@Nullable Places places) {
    log.ledger.published();
    log.traces.add(trace);
    EventRoute.Result result = route.deliver(event, trace, ack, log, places);
    int clients = 0;
    for (EventSink sink : sinks) {
      clients += sink.accept(event);
    }
    trace.clients(clients);
    return new PublishReceipt(
        event.id(),
        result.queued() + result.refused(),
        result.queued(),
        result.refused(),
        clients,
        0,
        0,
        result.refusals());
  }

  /**
   * Gives an event again to the subscription that could not handle it, and to nobody else.
   *
   * @throws RunarException {@code NOT_FOUND} when it has ended; {@code OVERLOADED} when it refuses;
   *     the letter is kept then
   */
  long replay(DeadLetter letter) {
    EventSubscription to = subscription(letter);
    TopicPath path = TopicPath.parse(letter.event().topic(), networkId);
    var again = new EventRoute.Match(to, to.pattern.params(path));
    EventRoute route = new EventRoute(path, letter.event().topic(), List.of(again));
    Event event = event(route, letter.event().payload(), letter.options(), null);
    EventTrace trace =
        route.trace(event, clock.nanos(), "replay of event " + letter.event().id(), false);
    log.ledger.published();
    log.traces.add(trace);
    if (route.deliver(event, trace, null, log, null).queued() == 0) {
      throw new RunarException(
          Code.OVERLOADED,
          "the subscription "
              + letter.subscription().text()
              + " does not take the event; try again later");
    }
    return event.id();
  }

  private synchronized EventSubscription subscription(DeadLetter letter) {
    TopicPath path = TopicPath.parse(letter.event().topic(), networkId);
    for (var entry : trie.match(path)) {
      if (entry.value().subscriber().key.equals(letter.subscription())) {
        return entry.value();
      }
    }
    throw new RunarException(
        Code.NOT_FOUND, "there is no subscription " + letter.subscription().text() + " any more");
  }

  /** Subscribes; retained events come first. */
  Subscription subscribe(TopicPattern pattern, EventEndpoint endpoint, SubscribeOptions options) {
    Subscription handler = prepare(pattern, endpoint, options);
    exchange(List.of(), List.of(handler));
    return handler;
  }

  /** Subscribes for the node itself: no middleware is around it, and no span tells of it. */
  Subscription watch(TopicPattern pattern, EventEndpoint endpoint) {
    long id = subscriptionIds.incrementAndGet();
    var watching =
        new EventSubscription(id, pattern, endpoint, endpoint, SubscribeOptions.DEFAULT, this, log);
    exchange(List.of(), List.of(watching));
    return watching;
  }

  /** As {@link #subscribe}, but not active before {@link #exchange}. */
  Subscription prepare(TopicPattern pattern, EventEndpoint endpoint, SubscribeOptions options) {
    check(options);
    long id = subscriptionIds.incrementAndGet();
    EventEndpoint passed = passage.apply(endpoint);
    return new EventSubscription(id, pattern, endpoint, passed, options, this, log);
  }

  OfferOrder order(Function<BusDelivery, Delivery> offering) {
    return subscribers.order(offering);
  }

  /**
   * Looks at what can be wrong with options in this network.
   *
   * @throws RunarException {@code INVALID_PATH}
   */
  void check(SubscribeOptions options) {
    if (!options.deadLetter().isEmpty()) {
      TopicPath _ = TopicPath.parse(options.deadLetter(), networkId);
    }
  }

  /** Ends and begins subscriptions in one step: an event meets all of the one or of the other. */
  void exchange(Collection<? extends Subscription> out, Collection<? extends Subscription> in) {
    Map<Subscriber, EventLine> left = new HashMap<>();
    synchronized (this) {
      for (Subscription each : out) {
        end((EventSubscription) each, left);
      }
      for (Subscription each : in) {
        begin((EventSubscription) each);
        left.remove(((EventSubscription) each).subscriber());
      }
      routes = new ConcurrentHashMap<>();
    }
    in.forEach(each -> ((EventSubscription) each).order.goOn()); // the past ones
    left.forEach(this::closeLine); // outside the lock: what waits there goes on
  }

  /** Guarded by this. */
  private void end(EventSubscription subscription, Map<Subscriber, EventLine> left) {
    if (trie.remove(subscription.pattern, subscription)) {
      Subscriber subscriber = subscription.subscriber();
      EventLine line = subscribers.end(subscriber);
      if (line != null) {
        left.put(subscriber, line);
      }
    }
  }

  private void closeLine(Subscriber subscriber, EventLine line) {
    line.close(
        () -> {
          synchronized (this) {
            subscribers.idle(subscriber, line);
          }
        });
  }

  /** Guarded by this; retained events have the first places. */
  private void begin(EventSubscription subscription) {
    subscribers.begin(subscription);
    if (subscription.wantsPast) {
      subscription.wantsPast = false; // it has them when it comes back
      for (Event past : retained.matching(subscription.pattern, subscription.options.replay())) {
        TopicPath path = TopicPath.parse(past.topic(), networkId);
        subscription.takePast(past, subscription.pattern.params(path));
      }
    }
    trie.add(subscription.pattern, subscription);
  }

  Subscription addSink(EventSink sink) {
    sinks.add(sink);
    return new SinkSubscription(subscriptionIds.incrementAndGet(), sink, sinks);
  }

  synchronized int clearRetained(TopicPattern pattern) {
    return retained.clear(pattern);
  }

  synchronized int subscriptions() {
    return trie.size();
  }

  synchronized long retainedEvicted() {
    return retained.evicted();
  }

  synchronized List<Subscriber> subscribers() {
    return subscribers.all();
  }

  /** See {@link Subscribers#oldestNanos}. */
  synchronized long oldestNanos(Subscriber subscriber, long otherwise) {
    return subscribers.oldestNanos(subscriber, otherwise);
  }

  DeliveryLog log() {
    return log;
  }

  /** The end of the node: what waits in lines fails. */
  void close(RunarException reason) {
    Collection<EventLine> lines;
    synchronized (this) {
      lines = subscribers.lines();
    }
    lines.forEach(line -> line.end(reason));
  }

  EventRoute route(String topic) {
    ConcurrentHashMap<String, EventRoute> known = routes;
    EventRoute route = known.get(topic);
    return route != null ? route : lookUp(topic);
  }

  private synchronized EventRoute lookUp(String topic) {
    TopicPath path = TopicPath.parse(topic, networkId);
    var matches = new ArrayList<EventRoute.Match>();
    for (var entry : trie.match(path)) {
      matches.add(new EventRoute.Match(entry.value(), entry.pattern().params(path)));
    }
    matches.sort((a, b) -> Long.compare(a.to().id, b.to().id));
    String shown = path.network().equals(networkId) ? path.text() : path.full();
    EventRoute route = new EventRoute(path, shown, matches);
    if (routes.size() >= MAX_ROUTES) {
      routes = new ConcurrentHashMap<>();
    }
    routes.put(topic, route);
    return route;
  }

  void unsubscribe(EventSubscription subscription) {
    exchange(List.of(subscription), List.of());
  }
}
