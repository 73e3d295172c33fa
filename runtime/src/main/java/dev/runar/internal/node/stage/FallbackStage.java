package dev.runar.internal.node.stage;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.ForwardingInvocation;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.Pipe;
import org.jspecify.annotations.Nullable;

/** Asks another handler when a call has failed, unless that is an answer. Any thread. */
final class FallbackStage implements ActionEndpoint {
  private final ActionEndpoint fallback;
  private final Answers answers;
  private final ActionEndpoint next;
  private final Counters counters;

  FallbackStage(ActionEndpoint fallback, Answers answers, ActionEndpoint next, Counters counters) {
    this.fallback = fallback;
    this.answers = answers;
    this.next = next;
    this.counters = counters;
  }

  @Override
  public Delivery offer(Invocation call) {
    next.submit(new First(call).watched());
    return Delivery.QUEUED;
  }

  private final class First extends WatchedInvocation {
    First(Invocation call) {
      super(call);
    }

    @Override
    void succeeded(Payload result) {
      call().succeed(result);
    }

    @Override
    void failed(RunarException error) {
      if (call().isSettled() || answers.isAnswer(error)) {
        call().fail(error);
        return;
      }
      counters.add(Count.FALLBACKS);
      fallback.submit(new Second(call(), error));
    }

    @Override
    void cancelled() {}
  }

  /** The call for the fallback; if that fails too, the caller is told of the first failure. */
  private static final class Second extends ForwardingInvocation {
    private final RunarException failure;

    Second(Invocation call, RunarException failure) {
      super(call);
      this.failure = failure;
    }

    @Override
    public RunarException failure() {
      return failure;
    }

    /** What the handler has begun to read does not come again. */
    @Override
    public @Nullable Pipe input() {
      Pipe input = call().input();
      return input == null || !input.isRead()
          ? input
          : Pipe.failed(
              new RunarException(
                  Code.INVALID_INPUT,
                  "the handler of "
                      + path()
                      + " has begun to read the items that its caller sends, and they come once: a"
                      + " fallback can read them only if it has not"));
    }

    @Override
    public void succeed(Payload result) {
      call().succeed(result);
    }

    @Override
    public void fail(RunarException error) {
      suppress(error);
      call().fail(failure);
    }

    @Override
    public void abandon(RunarException error) {
      suppress(error);
      call().abandon(failure);
    }

    private void suppress(RunarException error) {
      if (!error.equals(failure)) {
        failure.addSuppressed(error);
      }
    }
  }
}
