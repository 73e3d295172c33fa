package dev.runar.internal.node;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * How requests with streams are made, by Java programs as publishers and by scripts as pipes. Any
 * thread; nothing here blocks.
 */
public final class Streams {
  /** How far a producer may be ahead of its consumer if nobody says otherwise. */
  public static final int READ_AHEAD = 64;

  /** The most that one can ask for. */
  public static final int MOST_READ_AHEAD = 10_000;

  private final NodeCore core;
  private final StreamCounts counts;
  private final Executor executor;

  Streams(NodeCore core, int mostOpen, Executor executor) {
    this.core = core;
    this.counts = new StreamCounts(mostOpen);
    this.executor = executor;
  }

  public StreamCounts.Counts counts() {
    return counts.counts();
  }

  /**
   * A new pipe, which belongs to a request to come.
   *
   * @throws RunarException {@code OVERLOADED}
   */
  public Pipe open(int readAhead) {
    return counts.open(readAhead);
  }

  /** As {@link NodeGate#stream}, with items beside the payload. */
  public Flow.Publisher<Payload> publisher(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return publisher(Requester.PROGRAM, path, payload, options, input, null);
  }

  /**
   * As {@link NodeGate#stream}, for who sends items, or is answering a request itself. Cold: each
   * subscriber makes a request.
   *
   * @param input what the caller sends beside the payload; null: nothing
   * @param parent whose end is the end of the stream, too; null: none
   */
  Flow.Publisher<Payload> publisher(
      Requester requester,
      String path,
      Payload payload,
      RequestOptions options,
      Flow.@Nullable Publisher<Payload> input,
      @Nullable Invocation parent) {
    return subscriber -> {
      Pipe output;
      Pipe sent;
      try {
        output = open(READ_AHEAD);
        sent = input == null ? null : open(READ_AHEAD);
      } catch (RunarException e) {
        subscriber.onSubscribe(NO_SUBSCRIPTION);
        subscriber.onError(e);
        return;
      }
      var answer = core.request(requester, path, payload, options, new Pipes(output, sent));
      if (parent != null) {
        follow(parent, answer);
      }
      if (input != null && sent != null) {
        input.subscribe(new PipeFeed(sent));
      }
      new PipeSubscription(output, subscriber, executor).begin();
    };
  }

  /** A request that sends items beside its payload. */
  public CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return request(Requester.PROGRAM, path, payload, options, input);
  }

  /** As {@link #request(String, Payload, RequestOptions, Flow.Publisher)}, by somebody else. */
  CompletableFuture<Payload> request(
      Requester requester,
      String path,
      Payload payload,
      RequestOptions options,
      Flow.Publisher<Payload> input) {
    Pipe sent;
    try {
      sent = open(READ_AHEAD);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Payload> answer =
        core.request(requester, path, payload, options, new Pipes(null, sent));
    input.subscribe(new PipeFeed(sent));
    return answer;
  }

  /** Items that the caller of an action sends: of the first subscriber, since they come once. */
  Flow.Publisher<Payload> received(Invocation call) {
    return subscriber -> {
      Pipe input = call.input();
      if (input == null) {
        subscriber.onSubscribe(NO_SUBSCRIPTION);
        subscriber.onComplete();
      } else {
        new PipeSubscription(input, subscriber, executor).begin();
      }
    };
  }

  /** From now on the nested request is cancelled when nobody waits for its parent any more. */
  public static void follow(Invocation parent, CompletableFuture<Payload> nested) {
    if (nested.isDone()) {
      return;
    }
    Runnable cancel = () -> nested.cancel(false);
    parent.onCancel(cancel);
    var _ = nested.whenComplete((result, error) -> parent.dropOnCancel(cancel));
  }

  /** Why an action and what is wanted of it do not fit. */
  static RunarException misfit(String path, ActionOptions action, Pipes pipes) {
    String why;
    if (action.stream() && pipes.output() == null) {
      why =
          path
              + " answers with a stream of items, not with one result: use stream(\""
              + path
              + "\", …)";
    } else if (!action.stream() && pipes.output() != null) {
      why =
          path
              + " answers with one result, not with a stream of items: use request(\""
              + path
              + "\", …)";
    } else {
      why = path + " takes no stream of items: leave out the input, or declare it with takesStream";
    }
    return new RunarException(Code.INVALID_INPUT, why);
  }

  private static final Flow.Subscription NO_SUBSCRIPTION =
      new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };
}
