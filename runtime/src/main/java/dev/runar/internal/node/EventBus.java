package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.Limits;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.Subscription;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.internal.topic.TopicTrie;
import dev.runar.spi.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes an event from its publisher to every handler whose pattern matches, on the publisher's
 * thread: for each handler one offer to its queue, and the answers are the publisher's receipt. Any
 * thread; no lock on the way of an event that is not retained.
 */
final class EventBus {
  /** Topics whose matches are remembered; then all are forgotten and looked up again. */
  private static final int MAX_ROUTES = 10_000;

  private static final int MAX_REFUSALS = 100;

  private final String networkId;
  private final Clock clock;
  private final Ledger ledger;
  private final Traces traces;
  private final Passage passage;
  private final AtomicLong eventIds = new AtomicLong();
  private final AtomicLong subscriptionIds = new AtomicLong();
  private final List<EventSink> sinks = new CopyOnWriteArrayList<>();

  private final TopicTrie<Handler> trie = new TopicTrie<>(); // guarded by this
  private final RetainedEvents retained; // guarded by this

  /** By the topic as the publisher spelled it. Replaced whenever a subscription comes or goes. */
  private volatile ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();

  /** How an event reaches a handler: straight, or through what stands around it. */
  interface Passage {
    Delivery offer(EventEndpoint handler, EventDelivery delivery);
  }

  /** What happens to events of one topic. */
  private record Route(TopicPath path, String shownTopic, List<Match> matches) {}

  /** A handler with the values of its pattern's templates. */
  private record Match(Handler handler, Map<String, String> params) {}

  EventBus(
      String networkId, Limits limits, Clock clock, Ledger ledger, Traces traces, Passage passage) {
    this.networkId = networkId;
    this.clock = clock;
    this.ledger = ledger;
    this.traces = traces;
    this.passage = passage;
    this.retained = new RetainedEvents(limits.retainedEvents(), limits.retainedBytes(), clock);
  }

  PublishReceipt publish(String topic, Payload payload) {
    return publish(route(topic), payload, PublishOptions.DEFAULT, null);
  }

  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options) {
    Acknowledgement ack =
        options.ack() == PublishOptions.Ack.HANDLED ? new Acknowledgement() : null;
    PublishReceipt receipt;
    if (options.retainFor().isPositive()) {
      receipt = publishRetained(topic, payload, options, ack);
    } else {
      receipt = publish(route(topic), payload, options, ack);
    }
    return ack == null ? CompletableFuture.completedFuture(receipt) : ack.arm(receipt);
  }

  /** Under the lock, so that a subscriber with {@code includePast} sees each event exactly once. */
  private synchronized PublishReceipt publishRetained(
      String topic, Payload payload, PublishOptions options, @Nullable Acknowledgement ack) {
    Route route = route(topic);
    Event event = event(route, payload, options);
    retained.add(route.path, event, Clock.nanosOf(options.retainFor()));
    return deliver(route, event, ack);
  }

  private PublishReceipt publish(
      Route route, Payload payload, PublishOptions options, @Nullable Acknowledgement ack) {
    return deliver(route, event(route, payload, options), ack);
  }

  private Event event(Route route, Payload payload, PublishOptions options) {
    return new Event(
        eventIds.incrementAndGet(),
        route.shownTopic,
        payload,
        clock.wallMs(),
        options.meta(),
        traces.next(options.trace()));
  }

  private PublishReceipt deliver(Route route, Event event, @Nullable Acknowledgement ack) {
    ledger.published();
    int queued = 0;
    List<PublishReceipt.Refusal> refusals = List.of();
    int refused = 0;
    for (Match match : route.matches) {
      Delivery answer =
          offer(match.handler, new BusDelivery(event, match.params, ledger, ack, false));
      if (answer == Delivery.QUEUED) {
        queued++;
      } else {
        refused++;
        refusals = noted(refusals, match.handler.pattern.text(), answer);
      }
    }
    int clients = 0;
    for (EventSink sink : sinks) {
      clients += sink.accept(event);
    }
    return new PublishReceipt(
        event.id(), queued + refused, queued, refused, clients, 0, 0, refusals);
  }

  private Delivery offer(Handler handler, BusDelivery delivery) {
    ledger.queued(); // before the offer, since the handler may be done before it returns
    Delivery answer = passage.offer(handler.endpoint, delivery);
    if (answer != Delivery.QUEUED) {
      ledger.refused();
    }
    return answer;
  }

  private static List<PublishReceipt.Refusal> noted(
      List<PublishReceipt.Refusal> refusals, String pattern, Delivery answer) {
    var all = refusals.isEmpty() ? new ArrayList<PublishReceipt.Refusal>() : refusals;
    if (all.size() < MAX_REFUSALS) {
      all.add(new PublishReceipt.Refusal(pattern, answer));
    }
    return all;
  }

  /** Subscribes; retained events come first. */
  Subscription subscribe(TopicPattern pattern, EventEndpoint endpoint, boolean includePast) {
    Subscription handler = prepare(pattern, endpoint, includePast);
    exchange(List.of(), List.of(handler));
    return handler;
  }

  /** As {@link #subscribe}, but not active before {@link #exchange}. */
  Subscription prepare(TopicPattern pattern, EventEndpoint endpoint, boolean includePast) {
    return new Handler(subscriptionIds.incrementAndGet(), pattern, endpoint, includePast);
  }

  /** Ends and begins subscriptions in one step: an event meets all of the one or of the other. */
  synchronized void exchange(
      Collection<? extends Subscription> out, Collection<? extends Subscription> in) {
    for (Subscription each : in) {
      begin((Handler) each);
    }
    for (Subscription each : out) {
      Handler handler = (Handler) each;
      trie.remove(handler.pattern, handler);
    }
    routes = new ConcurrentHashMap<>();
  }

  /** Guarded by this; retained events come first. */
  private void begin(Handler handler) {
    if (handler.wantsPast) {
      handler.wantsPast = false; // it has them when it comes back
      for (Event past : retained.matching(handler.pattern)) {
        TopicPath path = TopicPath.parse(past.topic(), networkId);
        var params = handler.pattern.params(path);
        Delivery _ = offer(handler, new BusDelivery(past, params, ledger, null, true));
      }
    }
    trie.add(handler.pattern, handler);
  }

  Subscription addSink(EventSink sink) {
    sinks.add(sink);
    long id = subscriptionIds.incrementAndGet();
    return new Subscription() {
      @Override
      public long id() {
        return id;
      }

      @Override
      public String pattern() {
        return ">";
      }

      @Override
      public void close() {
        sinks.remove(sink);
      }
    };
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

  private Route route(String topic) {
    ConcurrentHashMap<String, Route> known = routes;
    Route route = known.get(topic);
    return route != null ? route : lookUp(topic);
  }

  private synchronized Route lookUp(String topic) {
    TopicPath path = TopicPath.parse(topic, networkId);
    var matches = new ArrayList<Match>();
    for (var entry : trie.match(path)) {
      matches.add(new Match(entry.value(), entry.pattern().params(path)));
    }
    matches.sort((a, b) -> Long.compare(a.handler.id, b.handler.id));
    String shown = path.network().equals(networkId) ? path.text() : path.full();
    Route route = new Route(path, shown, List.copyOf(matches));
    if (routes.size() >= MAX_ROUTES) {
      routes = new ConcurrentHashMap<>();
    }
    routes.put(topic, route);
    return route;
  }

  private synchronized void unsubscribe(Handler handler) {
    if (trie.remove(handler.pattern, handler)) {
      routes = new ConcurrentHashMap<>();
    }
  }

  private final class Handler implements Subscription {
    final long id;
    final TopicPattern pattern;
    final EventEndpoint endpoint;
    boolean wantsPast; // guarded by the bus

    Handler(long id, TopicPattern pattern, EventEndpoint endpoint, boolean wantsPast) {
      this.id = id;
      this.pattern = pattern;
      this.endpoint = endpoint;
      this.wantsPast = wantsPast;
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
      unsubscribe(this);
    }
  }

  /** Waits for all handlers of one event. */
  private static final class Acknowledgement {
    private final CompletableFuture<PublishReceipt> done = new CompletableFuture<>();
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile @Nullable PublishReceipt receipt;

    /** After all offers: how many are to be waited for is known now. */
    CompletableFuture<PublishReceipt> arm(PublishReceipt queuedReceipt) {
      receipt = queuedReceipt;
      completeWhenAllIn();
      return done;
    }

    void settled(boolean ok) {
      (ok ? handled : failed).incrementAndGet();
      completeWhenAllIn();
    }

    private void completeWhenAllIn() {
      PublishReceipt queued = receipt;
      int ok = handled.get();
      int bad = failed.get();
      if (queued != null && ok + bad == queued.queued()) {
        done.complete(
            new PublishReceipt(
                queued.id(),
                queued.matched(),
                queued.queued(),
                queued.refused(),
                queued.clients(),
                ok,
                bad,
                queued.refusals()));
      }
    }
  }

  private static final class BusDelivery extends AtomicBoolean implements EventDelivery {
    private static final long serialVersionUID = 1L;
    private final transient Event event;
    private final transient Map<String, String> params;
    private final transient Ledger ledger;
    private final transient @Nullable Acknowledgement ack;
    private final boolean past;

    BusDelivery(
        Event event,
        Map<String, String> params,
        Ledger ledger,
        @Nullable Acknowledgement ack,
        boolean past) {
      this.event = event;
      this.params = params;
      this.ledger = ledger;
      this.ack = ack;
      this.past = past;
    }

    @Override
    public boolean isPast() {
      return past;
    }

    @Override
    public Event event() {
      return event;
    }

    @Override
    public Map<String, String> pathParams() {
      return params;
    }

    @Override
    public void handled() {
      if (compareAndSet(false, true)) {
        ledger.handled();
        if (ack != null) {
          ack.settled(true);
        }
      }
    }

    @Override
    public void failed(RunarException error) {
      if (compareAndSet(false, true)) {
        ledger.failed();
        if (ack != null) {
          ack.settled(false);
        }
      }
    }
  }
}
