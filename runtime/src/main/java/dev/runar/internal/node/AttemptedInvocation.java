package dev.runar.internal.node;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A call that may fail for itself alone: its request goes on, to be tried again or answered by
 * somebody else. It knows what was to run at the end of the request, so that what a dead attempt
 * has asked of others is given up with it. Any thread.
 */
public class AttemptedInvocation extends ForwardingInvocation {
  private final Set<Runnable> onCancel = new LinkedHashSet<>(); // guarded by itself
  private boolean isGivenUp; // guarded by onCancel

  public AttemptedInvocation(Invocation call) {
    super(call);
  }

  @Override
  public void onCancel(Runnable callback) {
    synchronized (onCancel) {
      if (!isGivenUp) {
        onCancel.add(callback);
      }
    }
    if (isGivenUp()) {
      callback.run();
    } else {
      super.onCancel(callback);
    }
  }

  @Override
  public void dropOnCancel(Runnable callback) {
    synchronized (onCancel) {
      onCancel.remove(callback);
    }
    super.dropOnCancel(callback);
  }

  /** Runs what was to run at the end of the request: this attempt's handler is gone. */
  protected final void giveUp() {
    List<Runnable> callbacks;
    synchronized (onCancel) {
      isGivenUp = true;
      callbacks = List.copyOf(onCancel);
      onCancel.clear();
    }
    for (Runnable callback : callbacks) {
      super.dropOnCancel(callback);
      callback.run();
    }
  }

  private boolean isGivenUp() {
    synchronized (onCancel) {
      return isGivenUp;
    }
  }
}
