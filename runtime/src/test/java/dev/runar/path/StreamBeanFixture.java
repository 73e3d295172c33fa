package dev.runar.path;

import dev.runar.RequestContext;
import dev.runar.RequestOptions;
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
import org.junit.jupiter.api.io.TempDir;

/** A script, an interface and an object that answer each other with streams. */
abstract class StreamBeanFixture {
  static final String SCRIPT =
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
  static final class Told<T> implements Flow.Subscriber<T> {
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
  static final class Numbers<T> implements Flow.Publisher<T>, Flow.Subscription {
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

  ScriptNode node() {
    return ScriptNode.start(folder, SCRIPT);
  }

  static Map<String, Object> state(ScriptNode app) {
    return ScriptNode.map(app.call("feed/state"));
  }
}
