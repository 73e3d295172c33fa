package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The producer of a pipe that is written in Java: asks a publisher for as much as there is room
 * for. Any thread.
 */
final class PipeFeed implements Flow.Subscriber<Payload> {
  /** Larger items are asked for one by one, so that their bytes stay bounded. */
  private static final int LARGE = 4_096;

  private final Pipe pipe;
  private final Runnable onEnd;
  private final Consumer<RunarException> onFailure;
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

  // Written by the publisher's signals, which come one after the other.
  private int expected;
  private boolean isLarge = true; // until the first has shown otherwise

  /** The end of the publisher is the end of the pipe. */
  PipeFeed(Pipe pipe) {
    this(pipe, pipe::end, pipe::fail);
  }

  PipeFeed(Pipe pipe, Runnable onEnd, Consumer<RunarException> onFailure) {
    this.pipe = pipe;
    this.onEnd = onEnd;
    this.onFailure = onFailure;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    if (!subscription.compareAndSet(null, given)) {
      given.cancel();
      return;
    }
    pipe.whenClosed(given::cancel);
    ask(given);
  }

  @Override
  public void onNext(Payload item) {
    isLarge = item.size() > LARGE;
    Flow.Subscription given = subscription.get();
    if (expected <= 0 || given == null || pipe.write(new Items.One(item)) == Delivery.FULL) {
      fail(given);
      return;
    }
    expected--;
    if (expected == 0) {
      ask(given);
    }
  }

  private void ask(Flow.Subscription given) {
    pipe.whenRoom(
        () -> {
          int room = pipe.room();
          if (room > 0) {
            expected = isLarge ? 1 : room;
            given.request(expected);
          }
        });
  }

  private void fail(Flow.@Nullable Subscription given) {
    if (given != null) {
      given.cancel();
    }
    onFailure.accept(
        new RunarException(
            Code.HANDLER_FAILED, "the publisher of the stream gave more items than it was asked"));
  }

  @Override
  public void onError(Throwable error) {
    onFailure.accept(Failures.of(error));
  }

  @Override
  public void onComplete() {
    onEnd.run();
  }
}
