package dev.runar.internal.node.stage;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.node.AttemptedInvocation;
import dev.runar.internal.node.Invocation;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call of which a stage has to know how it ends: exactly one of {@link #succeeded}, {@link
 * #failed} and {@link #cancelled} is called, once. Any thread.
 */
abstract class WatchedInvocation extends AttemptedInvocation {
  private final AtomicBoolean ended = new AtomicBoolean();

  WatchedInvocation(Invocation call) {
    super(call);
  }

  /** From now on it hears of its caller's end too; to be called once, after construction. */
  final WatchedInvocation watched() {
    call()
        .onCancel(
            () -> {
              if (end()) {
                cancelled();
              }
            });
    return this;
  }

  /** Whether it had not ended before. */
  final boolean end() {
    return ended.compareAndSet(false, true);
  }

  @Override
  public boolean isSettled() {
    return ended.get() || super.isSettled();
  }

  @Override
  public final void succeed(Payload result) {
    if (end()) {
      succeeded(result);
    } else {
      late();
      call().succeed(result); // where it is counted
    }
  }

  @Override
  public final void fail(RunarException error) {
    if (end()) {
      failed(error);
    } else {
      late();
      call().fail(error);
    }
  }

  @Override
  public final void abandon(RunarException error) {
    if (end()) {
      giveUp();
      failed(error);
    } else {
      late();
      call().abandon(error);
    }
  }

  abstract void succeeded(Payload result);

  abstract void failed(RunarException error);

  /** By the deadline or by its caller: it is settled already. */
  abstract void cancelled();

  /** The handler of a call that was cancelled has come to its end. */
  void late() {}
}
