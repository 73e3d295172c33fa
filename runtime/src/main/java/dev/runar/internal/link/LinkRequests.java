package dev.runar.internal.link;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.node.Pipes;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.Streams;
import dev.runar.internal.sdk.OperationOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the JavaScript side asks of the node and waits for. Called by the thread that reads the
 * link; answers go out on any.
 */
final class LinkRequests {
  /** Of one link may be unanswered; as of a script context. */
  private static final int MAX_OPERATIONS = 65_536;

  private final Peer peer;
  private final LinkServices services;
  private volatile String caller = "script";
  private final Map<Long, LinkRequest> open = new ConcurrentHashMap<>();

  LinkRequests(Peer peer, LinkServices services) {
    this.peer = peer;
    this.services = services;
  }

  /** What the other side is called as the caller of others. */
  void callers(String name) {
    caller = name;
  }

  String caller() {
    return caller;
  }

  void request(Frame frame) {
    Head head = frame.heads();
    LinkTask task = services.task(head);
    RequestOptions options = onward(frame, OperationOptions.request(head.json("options")), task);
    Pipes pipes =
        head.isTrue("sends") ? new Pipes(null, streams().open(Streams.READ_AHEAD)) : Pipes.NONE;
    LinkRequest request = kept(frame, pipes);
    CompletableFuture<Payload> answer = ask(frame, head, options, task, request, pipes);
    answer(frame.id(), request, answer, result -> resultOf(frame, request).withPayload(result));
  }

  void stream(Frame frame) {
    Head head = frame.heads();
    LinkTask task = services.task(head);
    OperationOptions.Stream wanted = OperationOptions.stream(head.json("options"));
    RequestOptions options = onward(frame, wanted.request(), task);
    Pipe input = head.isTrue("sends") ? streams().open(Streams.READ_AHEAD) : null;
    Pipe output;
    try {
      output = streams().open(wanted.readAhead());
    } catch (RuntimeException e) {
      if (input != null) {
        input.cancel();
      }
      throw e;
    }
    Pipes pipes = new Pipes(output, input);
    LinkRequest request = kept(frame, pipes);
    output.whenOver(() -> forget(frame.id(), request));
    var _ = ask(frame, head, options, task, request, pipes);
  }

  /**
   * With what a request takes over from whoever makes it; before it has a place or a stream.
   *
   * @throws RunarException {@code TOO_LARGE}
   */
  private RequestOptions onward(Frame frame, RequestOptions own, @Nullable LinkTask task) {
    RequestOptions timed = own;
    if (own.timeout().isZero() && frame.remainingMs() > 0) {
      timed = own.withTimeout(Duration.ofMillis(frame.remainingMs()));
    }
    return task == null ? timed.withCaller(caller) : task.onward(timed);
  }

  private CompletableFuture<Payload> ask(
      Frame frame,
      Head head,
      RequestOptions onward,
      @Nullable LinkTask task,
      LinkRequest request,
      Pipes pipes) {
    RequestOptions options = head.isTrue("wantsMeta") ? onward.withOnMeta(request::meta) : onward;
    Requester requester = task == null ? Requester.PROGRAM : task.requester();
    CompletableFuture<Payload> answer =
        begun(
            frame,
            request,
            () ->
                core()
                    .request(
                        requester, head.needed("path"), frame.payloadOrNull(), options, pipes));
    if (task != null && task.invocation() != null) {
      Streams.follow(task.invocation(), answer);
    }
    request.begun(answer);
    ItemReceiver receiver = request.receiver(true);
    if (receiver != null) {
      receiver.begin();
    }
    return answer;
  }

  /** What is refused has not begun, and what cannot even begin is not kept. */
  private <T> CompletableFuture<T> begun(
      Frame frame, LinkRequest request, Supplier<CompletableFuture<T>> begin) {
    try {
      return begin.get();
    } catch (RuntimeException e) {
      forget(frame.id(), request);
      request.abandon(Failures.of(e));
      throw e;
    }
  }

  void publish(Frame frame) {
    Head head = frame.heads();
    LinkTask task = services.task(head);
    PublishOptions own = OperationOptions.publish(head.json("options")).withPublisher(caller);
    PublishOptions options = task == null ? own : task.onward(own);
    LinkRequest request = kept(frame, Pipes.NONE);
    CompletableFuture<PublishReceipt> receipt =
        begun(
            frame,
            request,
            () -> core().publish(head.needed("topic"), frame.payloadOrNull(), options));
    request.begun(receipt);
    answer(
        frame.id(),
        request,
        receipt,
        done -> resultOf(frame, request).withPayload(Payload.json(OperationOptions.receipt(done))));
  }

  void on(Frame frame) {
    Head head = frame.heads();
    OperationOptions.Wait wait = OperationOptions.on(head.json("options"));
    LinkRequest request = kept(frame, Pipes.NONE);
    CompletableFuture<Event> event =
        begun(
            frame,
            request,
            () -> core().on(head.needed("pattern"), wait.timeout(), wait.subscribe()));
    request.begun(event);
    answer(
        frame.id(),
        request,
        event,
        received ->
            Frame.headed(
                    FrameKind.RESULT,
                    frame.id(),
                    Payload.object(
                        "id", received.id(),
                        "topic", received.topic(),
                        "timestamp", received.timestampMs()))
                .withPayload(received.payload()));
  }

  /** Begins what a frame asks, and answers when it is done, with nothing. */
  <T> void answerWhenDone(Frame frame, Supplier<CompletableFuture<T>> begin) {
    LinkRequest request = kept(frame, Pipes.NONE);
    CompletableFuture<T> done = begun(frame, request, begin);
    answer(frame.id(), request, done, ignored -> resultOf(frame, request));
  }

  /** The same, with a head that is made then. */
  <T> void answerWhenDone(
      Frame frame, Supplier<CompletableFuture<T>> begin, Supplier<Payload> head) {
    LinkRequest request = kept(frame, Pipes.NONE);
    CompletableFuture<T> done = begun(frame, request, begin);
    answer(
        frame.id(),
        request,
        done,
        ignored -> Frame.headed(FrameKind.RESULT, frame.id(), head.get()));
  }

  /** With what was said beside it, and without a payload yet. */
  private static Frame resultOf(Frame asked, LinkRequest request) {
    return Frame.of(FrameKind.RESULT, asked.id(), null).withHead(request.metaHead());
  }

  private <T> void answer(
      long id, LinkRequest request, CompletableFuture<T> future, Function<T, Frame> result) {
    var _ =
        future.whenComplete(
            (value, error) -> {
              request.over();
              forget(id, request);
              if (error != null) {
                peer.fail(id, error, request.metaHead());
                return;
              }
              Frame made;
              try {
                made = result.apply(value);
              } catch (RuntimeException | Error e) { // who has asked waits
                peer.fail(id, e, request.metaHead());
                return;
              }
              peer.answer(made);
            });
  }

  private LinkRequest kept(Frame frame, Pipes pipes) {
    var request = new LinkRequest(peer, frame.id(), pipes);
    boolean isRefused = open.size() >= MAX_OPERATIONS;
    if (isRefused || open.putIfAbsent(frame.id(), request) != null) {
      var refusal =
          isRefused
              ? new RunarException(
                  Code.OVERLOADED,
                  "this script has " + MAX_OPERATIONS + " operations without an answer")
              : new RunarException(
                  Code.INVALID_INPUT, "the id " + frame.id() + " is of an exchange under way");
      request.abandon(refusal);
      throw refusal;
    }
    return request;
  }

  private void forget(long id, LinkRequest request) {
    open.remove(id, request);
  }

  /** Null: it is over. */
  @Nullable LinkRequest find(long id) {
    return open.get(id);
  }

  void cancel(Frame frame) {
    LinkRequest request = open.get(frame.id());
    if (request != null) {
      request.cancel();
    }
  }

  int size() {
    return open.size();
  }

  /** Nobody reads what it was to be told, or writes what it has begun. */
  void end(RunarException reason) {
    Aside.each(open.values(), request -> request.abandon(reason));
    open.clear();
  }

  private NodeCore core() {
    return peer.core().get();
  }

  private Streams streams() {
    return core().streams();
  }
}
