package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request from its caller's view, a future, and from its action's view, an invocation. */
final class PendingRequest extends CompletableFuture<Payload> implements Invocation {
  private final long requestId;
  private final String path;
  private final Payload payload;
  private final Map<String, String> pathParams;
  private final Map<String, String> meta;
  private final long deadlineNanos;
  private final long timeoutNanos;
  private final InFlight inFlight;
  private final Ledger ledger;

  /** Where {@link InFlight} keeps it; written before the request is handed to anyone. */
  int slot = -1;

  private @Nullable List<Runnable> onCancel; // guarded by this

  PendingRequest(
      long requestId,
      String path,
      Payload payload,
      Map<String, String> pathParams,
      Map<String, String> meta,
      long deadlineNanos,
      long timeoutNanos,
      InFlight inFlight,
      Ledger ledger) {
    this.requestId = requestId;
    this.path = path;
    this.payload = payload;
    this.pathParams = pathParams;
    this.meta = meta;
    this.deadlineNanos = deadlineNanos;
    this.timeoutNanos = timeoutNanos;
    this.inFlight = inFlight;
    this.ledger = ledger;
  }

  @Override
  public long requestId() {
    return requestId;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public Payload payload() {
    return payload;
  }

  @Override
  public Map<String, String> pathParams() {
    return pathParams;
  }

  @Override
  public Map<String, String> meta() {
    return meta;
  }

  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public boolean isSettled() {
    return isDone();
  }

  @Override
  public void succeed(Payload result) {
    if (complete(result)) {
      inFlight.remove(this);
    } else {
      ledger.lateSettle();
    }
  }

  @Override
  public void fail(RunarException error) {
    if (completeExceptionally(error)) {
      inFlight.remove(this);
    } else {
      ledger.lateSettle();
    }
  }

  /** The caller gives up. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return end(new CancellationException("request " + path + " was cancelled by its caller"));
  }

  void timeOut() {
    end(
        new RunarException(
            Code.TIMEOUT,
            "request "
                + path
                + " timed out after "
                + Duration.ofNanos(timeoutNanos).toMillis()
                + " ms"));
  }

  @Override
  public void onCancel(Runnable callback) {
    synchronized (this) {
      if (!isDone()) {
        if (onCancel == null) {
          onCancel = new ArrayList<>(1);
        }
        onCancel.add(callback);
        return;
      }
    }
    if (isCompletedExceptionally() && wasEnded) {
      callback.run();
    }
  }

  private volatile boolean wasEnded;

  private boolean end(Throwable reason) {
    List<Runnable> callbacks;
    synchronized (this) {
      if (isDone()) {
        return false;
      }
      wasEnded = true;
      if (!completeExceptionally(reason)) {
        return false;
      }
      callbacks = onCancel == null ? List.of() : onCancel;
    }
    inFlight.remove(this);
    callbacks.forEach(Runnable::run);
    return true;
  }
}
