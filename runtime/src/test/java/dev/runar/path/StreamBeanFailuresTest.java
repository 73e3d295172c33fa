package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.Service;
import dev.runar.bean.Services;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of interfaces and objects that go wrong: who is told, and what. */
@Timeout(60)
class StreamBeanFailuresTest extends StreamBeanFixture {
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

  @Test
  void aPublisherThatThrowsFailsWhatWasAskedWithIt() {
    var cancelled = new CompletableFuture<Void>();
    Flow.Publisher<Payload> broken =
        subscriber -> {
          throw new IllegalStateException("no paper in the till");
        };
    var takes = ActionOptions.builder().takesStream(true).build();
    try (Node node = Node.builder().build()) {
      node.addService(
              Service.at("till")
                  .action(
                      "total",
                      takes,
                      (input, context) -> {
                        context.onCancel(() -> cancelled.complete(null));
                        return Payload.of(
                            cancelled.orTimeout(20, TimeUnit.SECONDS).handle((n, e) -> 0).join());
                      })
                  .build())
          .join();
      node.start().join();
      assertThat(node.request("till/total", Payload.of(null), RequestOptions.DEFAULT, broken))
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableThat()
          .withMessageContaining("no paper in the till");
      cancelled.orTimeout(20, TimeUnit.SECONDS).join();
    }
  }
}
