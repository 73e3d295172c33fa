package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.internal.boot.LinkHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams over a link, written and read on either side of it. */
@Timeout(60)
class LinkStreamsTest {
  private static final String COUNTING =
      "{'definition':{'path':'gen','actions':[{'name':'count','stream':true}]},"
          + "'actions':{'count':1}}";

  private final TestPeer peer = new TestPeer();
  private final LinkHost host = TestPeer.host(peer, NodeConfig.DEFAULT);

  @AfterEach
  void close() {
    host.node().close();
    host.close("the test is over");
    peer.close();
  }

  @Test
  void whatCannotBeAskedForItsMetaKeepsNoPlaceAndNoStream() throws Exception {
    String large = "m".repeat(10_000); // more than is allowed, together with what the caller says
    var answers = new ArrayBlockingQueue<CompletableFuture<Frame>>(2);
    peer.handlers.put(
        1,
        call -> {
          for (FrameKind kind : List.of(FrameKind.REQUEST, FrameKind.STREAM)) {
            Payload head =
                Payload.object(
                    "path",
                    "$registry/services",
                    "sends",
                    true,
                    "within",
                    Map.of("call", call.id()),
                    "options",
                    Map.of("meta", Map.of("own", large)));
            answers.add(peer.ask(kind, 0, head, null));
          }
          peer.result(call, null);
        });
    peer.addActions("relay", "ask");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    var options = RequestOptions.DEFAULT.withMeta(Map.of("of", large));
    host.node().request("relay/ask", Payload.of(null), options).join();

    assertThat(Peer.failureOf(answers.take().join()).code()).isEqualTo(Code.TOO_LARGE);
    assertThat(Peer.failureOf(answers.take().join()).code()).isEqualTo(Code.TOO_LARGE);
    Map<String, Object> status =
        host.node().request("$runtime/status", Payload.of(null)).join().asMap();
    assertThat(status.get("streams")).asInstanceOf(MAP).containsEntry("open", 0);
    assertThat(status.get("links")).asInstanceOf(LIST).singleElement(MAP).containsEntry("asked", 0);
  }

  @Test
  void theScriptWritesAsFarAsThereIsRoomAndGetsMore() {
    peer.addService(COUNTING);
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var items = new Reader(4);
    host.node().stream("gen/count", Payload.of(1_000), RequestOptions.DEFAULT).subscribe(items);
    Frame call = peer.next(FrameKind.INVOKE);
    assertThat(call.flags()).isEqualTo(Frame.STREAMS);

    int written = 0;
    var rooms = new ArrayList<Integer>();
    while (written < 1_000) {
      Frame room = peer.next(FrameKind.ROOM);
      assertThat(room.id()).isEqualTo(call.id());
      rooms.add(room.target());
      int count = Math.min(room.target(), 1_000 - written);
      Payload some = Payload.of(IntStream.range(written, written + count).boxed().toList());
      peer.send(new Frame(FrameKind.ITEMS, 0, count, 0, call.id(), null, some));
      written += count;
    }
    peer.result(call, null);

    assertThat(rooms.getFirst()).isEqualTo(64);
    items.ended.join();
    assertThat(items.seen).isEqualTo(IntStream.range(0, 1_000).mapToObj(String::valueOf).toList());
  }

  @Test
  void aScriptThatWritesPastItsRoomEndsItsStream() {
    peer.addService(COUNTING);
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var items = new Reader(0);
    host.node().stream("gen/count", Payload.of(1), RequestOptions.DEFAULT).subscribe(items);
    Frame call = peer.next(FrameKind.INVOKE);
    Payload many = Payload.of(IntStream.range(0, 65).boxed().toList());
    peer.send(new Frame(FrameKind.ITEMS, 0, 65, 0, call.id(), null, many));

    items.more(10);

    assertThat(code(items.ended)).isEqualTo(Code.PROTOCOL);
  }

  @Test
  void aReaderThatGivesUpIsHeardOf() {
    peer.addService(COUNTING);
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var items = new Reader(1);
    host.node().stream("gen/count", Payload.of(1), RequestOptions.DEFAULT).subscribe(items);
    Frame call = peer.next(FrameKind.INVOKE);
    peer.send(new Frame(FrameKind.ITEMS, 0, 1, 0, call.id(), null, Payload.of(List.of("one"))));
    await().until(() -> items.seen.size() == 1);

    items.cancel();

    assertThat(peer.next(FrameKind.STOP_ITEMS).id()).isEqualTo(call.id());
  }

  @Test
  void anErrorOfTheScriptEndsItsStreamBehindTheItems() {
    peer.addService(COUNTING);
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var items = new Reader(10);
    host.node().stream("gen/count", Payload.of(1), RequestOptions.DEFAULT).subscribe(items);
    Frame call = peer.next(FrameKind.INVOKE);
    peer.send(new Frame(FrameKind.ITEMS, 0, 2, 0, call.id(), null, Payload.json("[1,{\"a\":2}]")));
    peer.error(call, new RunarException(Code.NOT_FOUND, "no third"));

    assertThat(code(items.ended)).isEqualTo(Code.NOT_FOUND);
    assertThat(items.seen).containsExactly("1", "{\"a\":2}");
  }

  @Test
  void theScriptReadsAStreamOnceItBegins() {
    var made = new AtomicInteger();
    Node node = host.node();
    node.addService(
            Service.at("gen").stream(
                    "count",
                    (input, context) ->
                        subscriber -> {
                          var publisher = new SubmissionPublisher<Payload>();
                          publisher.subscribe(subscriber);
                          Thread.ofVirtual()
                              .start(
                                  () -> {
                                    for (int i = 0; i < input.asInt(); i++) {
                                      publisher.submit(Payload.of(i));
                                      made.incrementAndGet();
                                    }
                                    publisher.close();
                                  });
                        })
                .build())
        .join();
    peer.get(FrameKind.START, 0, Payload.object(), null);
    long id = stream("gen/count", Payload.of(500));

    var read = new ArrayList<Integer>();
    room(id, 0, 64);
    while (read.size() < 500) {
      Frame items = peer.next(FrameKind.ITEMS);
      assertThat(items.id()).isEqualTo(id);
      items.payloadOrNull().asList().forEach(item -> read.add((Integer) item));
      room(id, 0, items.target());
    }
    Frame end = peer.next(FrameKind.END);

    assertThat(end.payload()).isNull();
    assertThat(read).isEqualTo(IntStream.range(0, 500).boxed().toList());
    assertThat(made).hasValue(500);
  }

  @Test
  void aStreamThatCannotBeginEndsWithTheReason() {
    peer.get(FrameKind.START, 0, Payload.object(), null);
    long id = stream("no/such", null);
    room(id, 0, 64);

    Frame end = peer.next(FrameKind.END);

    assertThat(Peer.failureOf(end).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void bytesAreItemsByThemselves() {
    Node node = host.node();
    node.addService(
            Service.at("gen").stream(
                    "mixed",
                    (input, context) ->
                        subscriber -> {
                          var publisher = new SubmissionPublisher<Payload>();
                          publisher.subscribe(subscriber);
                          publisher.submit(Payload.of("a"));
                          publisher.submit(Payload.of(new byte[] {1, 2}));
                          publisher.submit(Payload.of("b"));
                          publisher.close();
                        })
                .build())
        .join();
    peer.get(FrameKind.START, 0, Payload.object(), null);
    long id = stream("gen/mixed", null);
    room(id, 0, 64);

    var read = new ArrayList<String>();
    int count = 0;
    while (count < 3) {
      Frame items = peer.next(FrameKind.ITEMS);
      read.add(items.payloadOrNull().toString());
      count += items.target();
      room(id, 0, items.target());
    }

    assertThat(String.join(" ", read)).isEqualTo("[\"a\"] 2 bytes [\"b\"]");
  }

  @Test
  void theInputOfACallOfTheScriptGoesToJava() {
    Node node = host.node();
    node.addService(
            Service.at("sum")
                .action(
                    "all",
                    dev.runar.ActionOptions.builder().takesStream(true).build(),
                    (input, context) -> {
                      var reader = new Reader(Long.MAX_VALUE);
                      context.input().subscribe(reader);
                      reader.ended.join();
                      return Payload.of(reader.seen.stream().mapToInt(Integer::parseInt).sum());
                    })
                .build())
        .join();
    peer.get(FrameKind.START, 0, Payload.object(), null);
    CompletableFuture<Frame> answer =
        peer.ask(
            FrameKind.REQUEST,
            0,
            Payload.object("path", "sum/all", "sends", true),
            Payload.of(null));
    Frame room = peer.next(FrameKind.ROOM);
    assertThat(room.isInput()).isTrue();
    assertThat(room.target()).isEqualTo(64);

    peer.send(
        new Frame(
            FrameKind.ITEMS, Frame.INPUT, 3, 0, room.id(), null, Payload.of(List.of(1, 2, 3))),
        Frame.of(FrameKind.END, room.id(), null).withFlags(Frame.INPUT));

    assertThat(answer.join().payloadOrNull().asInt()).isEqualTo(6);
  }

  @Test
  void theInputOfACallOfJavaGoesToTheScript() {
    peer.addService(
        "{'definition':{'path':'sum','actions':[{'name':'all','takesStream':true}]},"
            + "'actions':{'all':1}}");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var publisher = new SubmissionPublisher<Payload>();
    CompletableFuture<Payload> answer =
        host.node().request("sum/all", Payload.of(null), RequestOptions.DEFAULT, publisher);
    Frame call = peer.next(FrameKind.INVOKE);
    assertThat(call.flags()).isEqualTo(Frame.INPUT);
    room(call.id(), Frame.INPUT, 64);
    publisher.submit(Payload.of(4));
    publisher.submit(Payload.of(5));
    publisher.close();

    int sum = 0;
    for (Frame items = peer.next(FrameKind.ITEMS); ; items = peer.next(FrameKind.ITEMS)) {
      assertThat(items.isInput()).isTrue();
      sum += items.payloadOrNull().asList().stream().mapToInt(each -> (Integer) each).sum();
      if (sum == 9) {
        break;
      }
    }
    assertThat(peer.next(FrameKind.END).isInput()).isTrue();
    peer.result(call, Payload.of(sum));

    assertThat(answer.join().asInt()).isEqualTo(9);
  }

  private long stream(String path, Payload payload) {
    long id = peer.nextId();
    peer.send(new Frame(FrameKind.STREAM, 0, 0, 0, id, Payload.object("path", path), payload));
    return id;
  }

  private void room(long id, int flags, int items) {
    peer.send(new Frame(FrameKind.ROOM, flags, items, 0, id, null, null));
  }

  private static Code code(CompletableFuture<?> future) {
    try {
      future.join();
    } catch (CompletionException e) {
      return ((RunarException) e.getCause()).code();
    }
    throw new AssertionError("it has not failed");
  }

  /** Reads items as texts: so many at first, then one for each that has come. */
  private static final class Reader implements Flow.Subscriber<Payload> {
    final List<String> seen = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final long atFirst;

    Reader(long atFirst) {
      this.atFirst = atFirst;
    }

    void more(long items) {
      subscription.join().request(items);
    }

    void cancel() {
      subscription.join().cancel();
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
      subscription.complete(newSubscription);
      if (atFirst > 0) {
        newSubscription.request(atFirst);
      }
    }

    @Override
    public void onNext(Payload item) {
      seen.add(item.text());
      subscription.join().request(1);
    }

    @Override
    public void onError(Throwable failure) {
      ended.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      ended.complete(null);
    }
  }
}
