package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.RequestContext;
import dev.runar.RequestOptions;
import dev.runar.Service;
import dev.runar.bean.Action;
import dev.runar.bean.ServiceBean;
import dev.runar.bean.ServicePath;
import dev.runar.bean.Services;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of client interfaces and of annotated objects, with a script on the other side. */
@Timeout(60)
class StreamBeanTest extends StreamBeanFixture {
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
}
