package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.RequestContext;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.Service;
import dev.runar.bean.Action;
import dev.runar.bean.ServiceBean;
import dev.runar.bean.ServicePath;
import dev.runar.bean.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams of client interfaces and of annotated objects, with a script on the other side. */
@Timeout(60)
class StreamBeanTest {
  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      let produced = 0, ended = false;
      await node.addService({
        name: "feed", path: "feed",
        actions: {
          async *lines(n) { for (let i = 1; i <= n; i++) yield { item: "tea " + i, price: i / 2 }; },
          async *endless() { try { for (;;) yield ++produced; } finally { ended = true; } },
          async *odd() { yield { item: "tea", price: 1 }; yield { item: "milk", price: "dear" }; yield null; },
          async *nothing() { yield null; },
          async *broken() { yield 1; throw new RangeError("no more"); },
          state: () => ({ produced, ended }),
          async sum(to, ctx) { let sum = 0; for await (const line of ctx.stream("shop/lines", { to })) sum += line.price; return sum; },
          async take(n, ctx) { const got = []; for await (const i of ctx.stream("shop/endless", null, { readAhead: 4 })) { got.push(i); if (i === n) break; } return got; },
          sends: (to) => node.request("till/total", { currency: "EUR" }, { input: (async function* () { for (let i = 1; i <= to; i++) yield { item: "tea", price: i }; })() }),
          async fails(path, ctx) { const got = []; try { for await (const i of ctx.stream(path)) got.push(i); } catch (e) { return [got, e.code, e.message]; } },
        },
      });
      """;

  @TempDir Path folder;

  record Line(String item, double price) {}

  @ServicePath("feed")
  interface Feed {
    Flow.Publisher<Line> lines(int n);

    Flow.Publisher<Integer> endless(RequestOptions options);

    Flow.Publisher<Line> odd();

    Flow.Publisher<Integer> nothing();

    Flow.Publisher<Integer> broken();
  }

  /** What a subscriber was told. */
  private static final class Told<T> implements Flow.Subscriber<T> {
    final List<T> items = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> end = new CompletableFuture<>();
    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

    static <T> Told<T> by(Flow.Publisher<T> publisher, long first) {
      var told = new Told<T>();
      publisher.subscribe(told);
      told.subscription.join().request(first);
      return told;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.complete(given);
    }

    @Override
    public void onNext(T item) {
      items.add(item);
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      end.complete(null);
    }

    void awaitEnd() {
      end.orTimeout(20, TimeUnit.SECONDS).join();
    }
  }

  /** Numbers from 1, one subscriber, as many as it asks for. */
  private static final class Numbers<T> implements Flow.Publisher<T>, Flow.Subscription {
    final AtomicInteger produced = new AtomicInteger();
    final AtomicBoolean cancelled = new AtomicBoolean();
    private final IntFunction<T> item;
    private final int last;
    private Flow.Subscriber<? super T> subscriber;

    Numbers(IntFunction<T> item) {
      this(item, Integer.MAX_VALUE);
    }

    Numbers(IntFunction<T> item, int last) {
      this.item = item;
      this.last = last;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> given) {
      subscriber = given;
      given.onSubscribe(this);
    }

    @Override
    public void request(long n) {
      for (long i = 0; i < n && !cancelled.get(); i++) {
        subscriber.onNext(item.apply(produced.incrementAndGet()));
        if (produced.get() == last && cancelled.compareAndSet(false, true)) {
          subscriber.onComplete();
        }
      }
    }

    @Override
    public void cancel() {
      cancelled.set(true);
    }
  }

  /** Answers with streams. */
  @ServiceBean(path = "shop")
  static class Shop {
    final Numbers<Integer> numbers = new Numbers<>(n -> n);

    @Action
    Flow.Publisher<Line> lines(int to) {
      return subscriber -> {
        var lines = new SubmissionPublisher<Line>(Thread::startVirtualThread, 4);
        lines.subscribe(subscriber);
        Thread.startVirtualThread(
            () -> {
              for (int i = 1; i <= to; i++) {
                lines.submit(new Line("tea", i));
              }
              lines.close();
            });
      };
    }

    @Action
    Flow.Publisher<Integer> endless() {
      return numbers;
    }

    @Action
    Flow.Publisher<Object> odd() {
      return new Numbers<>(n -> n == 3 ? Thread.currentThread() : n);
    }

    @Action
    @SuppressWarnings("NullAway") // what a careless program does
    Flow.Publisher<Integer> none() {
      return null;
    }

    @Action
    Flow.Publisher<Line> relay(RequestContext context) {
      return Services.client(context, Feed.class).lines(3);
    }
  }

  private ScriptNode node() {
    return ScriptNode.start(folder, SCRIPT);
  }

  private static Map<String, Object> state(ScriptNode app) {
    return ScriptNode.map(app.call("feed/state"));
  }

  @Test
  void aMethodGivesTheItemsOfAScriptAsRecords() {
    try (ScriptNode app = node()) {
      Flow.Publisher<Line> lines = app.node.client(Feed.class).lines(200);
      for (int subscriber = 0; subscriber < 2; subscriber++) { // each makes a request
        Told<Line> told = Told.by(lines, Long.MAX_VALUE);
        told.awaitEnd();
        assertThat(told.items).hasSize(200).startsWith(new Line("tea 1", 0.5));
      }
    }
  }

  @Test
  void backPressureAndCancelReachTheScript() {
    try (ScriptNode app = node()) {
      Told<Integer> told = Told.by(app.node.client(Feed.class).endless(RequestOptions.DEFAULT), 3);
      await().untilAsserted(() -> assertThat(told.items).containsExactly(1, 2, 3));
      assertThat((Integer) state(app).get("produced")).isLessThanOrEqualTo(3 + 65);
      told.subscription.join().cancel();
      await().untilAsserted(() -> assertThat(state(app)).containsEntry("ended", true));
      assertThat(told.items).hasSize(3);
    }
  }

  @Test
  void whatIsNoSuchItemEndsTheStreamBehindThoseThatWere() {
    try (ScriptNode app = node()) {
      Told<Line> odd = Told.by(app.node.client(Feed.class).odd(), 10);
      assertThatThrownBy(odd::awaitEnd)
          .hasRootCauseInstanceOf(RuntimeException.class)
          .hasMessageContaining("an item of feed/odd: ")
          .hasMessageContaining("$.price");
      assertThat(odd.items).containsExactly(new Line("tea", 1));

      Told<Integer> nothing = Told.by(app.node.client(Feed.class).nothing(), 10);
      assertThatThrownBy(nothing::awaitEnd).hasMessageContaining("an item of feed/nothing is null");

      Told<Integer> broken = Told.by(app.node.client(Feed.class).broken(), 10);
      assertThatThrownBy(broken::awaitEnd)
          .hasCauseInstanceOf(RunarException.class)
          .hasMessageContaining("no more");
      assertThat(broken.items).containsExactly(1);
    }
  }

  @Test
  void aScriptReadsTheStreamOfAMethod() {
    try (ScriptNode app = node()) {
      var shop = new Shop();
      Service service = Services.of(shop);
      assertThat(service.actions().get("lines").options().stream()).isTrue();
      assertThat(service.actions().get("lines").options().output()).isNotNull(); // of an item
      app.node.addService(service).join();

      assertThat(app.call("feed/sum", 1_000)).isEqualTo(500_500);
      assertThat(app.call("feed/take", 10)).isEqualTo(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
      await().untilAsserted(() -> assertThat(shop.numbers.cancelled).isTrue());
      assertThat(shop.numbers.produced.get()).isBetween(10, 10 + 8);
    }
  }

  @Test
  void aStreamThatIsNoneIsTheCallersError() {
    try (ScriptNode app = node()) {
      app.node.addService(Services.of(new Shop())).join();
      assertThat(app.call("feed/fails", "shop/none"))
          .isEqualTo(
              List.of(List.of(), "HANDLER_FAILED", "Shop.none returned null instead of a stream"));
      assertThat(app.call("feed/fails", "shop/odd"))
          .asString()
          .startsWith("[[1, 2], UNSUPPORTED_VALUE, ");
    }
  }

  @Test
  void aHandlerPassesOnTheStreamThatItAsksFor() {
    try (ScriptNode app = node()) {
      app.node.addService(Services.of(new Shop())).join();
      Told<Line> told = Told.by(app.node.client(Relay.class).relay(), 10);
      told.awaitEnd();
      assertThat(told.items).extracting(Line::item).containsExactly("tea 1", "tea 2", "tea 3");
    }
  }

  @ServicePath("shop")
  interface Relay {
    Flow.Publisher<Line> relay();
  }

  /** Is sent items, and answers with one result or with items. */
  @ServiceBean(path = "till")
  static class Till {
    @Action
    CompletableFuture<Double> total(String currency, Flow.Publisher<Line> lines) {
      Told<Line> told = Told.by(lines, Long.MAX_VALUE);
      return told.end.thenApply(end -> told.items.stream().mapToDouble(Line::price).sum());
    }

    @Action
    Flow.Publisher<Integer> doubled(Flow.Publisher<Integer> numbers, RequestContext context) {
      return subscriber -> numbers.subscribe(new Doubling(subscriber));
    }

    @Action
    double passesOn(RequestContext context) {
      return Services.client(context, TillClient.class)
          .total("EUR", new Numbers<>(n -> new Line("tea", n), 4));
    }
  }

  private record Doubling(Flow.Subscriber<? super Integer> to) implements Flow.Subscriber<Integer> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      to.onSubscribe(subscription);
    }

    @Override
    public void onNext(Integer item) {
      to.onNext(2 * item);
    }

    @Override
    public void onError(Throwable error) {
      to.onError(error);
    }

    @Override
    public void onComplete() {
      to.onComplete();
    }
  }

  @ServicePath("till")
  interface TillClient {
    double total(String currency, Flow.Publisher<Line> lines);

    Flow.Publisher<Integer> doubled(Flow.Publisher<Integer> numbers);

    double passesOn();
  }

  @Test
  void itemsAreSentAsAParameterAndBothWays() {
    try (ScriptNode app = node()) {
      Service service = Services.of(new Till());
      assertThat(service.actions().get("total").options().takesStream()).isTrue();
      app.node.addService(service).join();
      TillClient till = app.node.client(TillClient.class);
      assertThat(till.total("EUR", new Numbers<>(n -> new Line("tea", n), 100))).isEqualTo(5_050);
      Told<Integer> doubled = Told.by(till.doubled(new Numbers<>(n -> n, 3)), 10);
      doubled.awaitEnd();
      assertThat(doubled.items).containsExactly(2, 4, 6);
      assertThat(till.passesOn()).isEqualTo(10);
      assertThat(app.call("feed/sends", 10)).isEqualTo(55);
    }
  }

  interface TwoStreams {
    int both(Flow.Publisher<Integer> one, Flow.Publisher<Integer> two);
  }

  interface Raw {
    @SuppressWarnings("rawtypes")
    int raw(Flow.Publisher items);
  }

  @Test
  void parametersThatCannotBeStreamsAreRefused() {
    try (ScriptNode app = node()) {
      assertThatThrownBy(() -> app.node.client(TwoStreams.class, "till"))
          .hasMessageContaining("TwoStreams.both")
          .hasMessageContaining("only one stream");
      assertThatThrownBy(() -> app.node.client(Raw.class, "till"))
          .hasMessageContaining("a stream of what?");
    }
  }
}
