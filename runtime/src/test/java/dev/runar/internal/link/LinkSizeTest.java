package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.internal.boot.LinkHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is too large for a frame, or too much for a script that does not read. */
@Timeout(120)
class LinkSizeTest {
  private static final int TOO_LARGE = FrameCodec.MAX_FRAME + 1;

  private final TestPeer peer = new TestPeer();
  private final LinkHost host = TestPeer.host(peer, NodeConfig.DEFAULT);
  private final Node node = host.node();

  @AfterEach
  void close() {
    node.close();
    host.close("the test is over");
    peer.close();
  }

  @Test
  void anErrorThatIsTooLargeIsToldWithoutWhatWasAttached() {
    node.addService(
            Service.at("orders")
                .action(
                    "find",
                    (input, context) -> {
                      throw new RunarException(
                          Code.NOT_FOUND,
                          "no such order",
                          null,
                          Payload.of("x".repeat(TOO_LARGE)),
                          "OrderError",
                          null);
                    })
                .build())
        .join();
    peer.get(FrameKind.START, 0, Payload.object(), null);

    assertThatThrownBy(
            () -> peer.get(FrameKind.REQUEST, 0, Payload.object("path", "orders/find"), null))
        .isInstanceOfSatisfying(
            RunarException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.NOT_FOUND);
              assertThat(e)
                  .hasMessage(
                      "no such order (what was attached to this error was too large to be sent)");
              assertThat(e.remoteName()).hasValue("OrderError");
              assertThat(e.data()).isEmpty();
            });
  }

  @Test
  void aFallbackStandsInForAFailureWithMuchData() {
    peer.handlers.put(
        1,
        call ->
            peer.error(
                call,
                new RunarException(
                    Code.HANDLER_FAILED, "no", null, Payload.of("x".repeat(2 << 20)), null, null)));
    peer.handlers.put(
        2, call -> peer.result(call, Payload.of(call.heads().part("failure").text("message"))));
    peer.addService(
        "{'definition':{'path':'orders','actions':[{'name':'find','fallback':true}]},"
            + "'actions':{'find':1},'fallbacks':{'find':2}}");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    assertThat(node.request("orders/find", Payload.of(1)).join().asString())
        .isEqualTo("no (what was attached to this error was too large to be sent)");
  }

  @Test
  void aDefinitionThatIsNoHeadIsThePayload() {
    peer.handlers.put(1, call -> peer.result(call, call.payload()));
    String description = "x".repeat(2 << 20);
    peer.get(
        FrameKind.ADD_SERVICE,
        0,
        Payload.of(Map.of("actions", Map.of("echo", 1))),
        Payload.object(
            "path", "big", "description", description, "actions", List.of(Map.of("name", "echo"))));
    peer.get(FrameKind.START, 0, Payload.object(), null);

    assertThat(node.request("big/echo", Payload.of(7)).join().asInt()).isEqualTo(7);
  }

  @Test
  void anItemThatIsTooLargeEndsItsStream() {
    var isCancelled = new CompletableFuture<Boolean>();
    node.addService(
            Service.at("gen").stream(
                    "large",
                    (input, context) ->
                        subscriber -> subscriber.onSubscribe(new OneLarge(subscriber, isCancelled)))
                .build())
        .join();
    peer.get(FrameKind.START, 0, Payload.object(), null);
    long id = peer.nextId();
    peer.send(Frame.headed(FrameKind.STREAM, id, Payload.object("path", "gen/large")));
    peer.send(new Frame(FrameKind.ROOM, 0, 64, 0, id, null, null));

    Frame end = peer.next(FrameKind.END);

    assertThat(end.id()).isEqualTo(id);
    assertThat(Peer.failureOf(end).code()).isEqualTo(Code.TOO_LARGE);
    assertThat(isCancelled.join()).isTrue();
  }

  @Test
  void aScriptThatReadsNothingGetsSoManyBytesOfAnswersAndShortErrorsForTheRest() {
    peer.get(FrameKind.START, 0, Payload.object(), null);
    Payload large = Payload.of(new byte[8 << 20]);
    node.publish("big", large, new PublishOptions(PublishOptions.Ack.QUEUED, Duration.ofMinutes(5)))
        .join();
    peer.refuses(true);
    var answers = new ArrayList<CompletableFuture<Frame>>();
    for (int i = 0; i < 20; i++) {
      answers.add(
          peer.ask(
              FrameKind.ON,
              0,
              Payload.object("pattern", "big", "options", Map.of("includePast", true)),
              null));
    }
    CompletableFuture<Frame> last =
        peer.ask(FrameKind.CLEAR_RETAINED, 0, Payload.object("pattern", "x"), null);
    peer.carried();
    peer.refuses(false);

    last.join();
    var kinds = answers.stream().map(answer -> answer.join().kind()).toList();
    assertThat(kinds).contains(FrameKind.RESULT, FrameKind.ERROR);
    assertThat(kinds.stream().filter(FrameKind.RESULT::equals)).hasSizeBetween(8, 10);
    assertThat(Peer.failureOf(answers.getLast().join()).code()).isEqualTo(Code.OVERLOADED);
    assertThat(host.ended()).isNotDone();
  }

  /** Writes one item that is too large as soon as there is room. */
  private record OneLarge(
      Flow.Subscriber<? super Payload> subscriber, CompletableFuture<Boolean> isCancelled)
      implements Flow.Subscription {
    @Override
    public void request(long items) {
      subscriber.onNext(Payload.of(new byte[TOO_LARGE]));
    }

    @Override
    public void cancel() {
      isCancelled.complete(true);
    }
  }
}
