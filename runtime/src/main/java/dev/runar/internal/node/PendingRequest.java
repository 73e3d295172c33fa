package dev.runar.internal.node;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request from its caller's view, a future, and from its action's view, an invocation. */
final class PendingRequest extends CompletableFuture<Payload> implements Invocation {
  private static final VarHandle SETTLED = handle("settled");
  private static final VarHandle BEGUN = handle("begun");

  private final long requestId;
  private final String path;
  private final Payload payload;
  private final Map<String, String> pathParams;
  private final RequestOptions options;
  private final long deadlineNanos;
  private final long timeoutNanos;
  private final InFlight inFlight;
  private final Ledger ledger;
  private final ActionEndpoint endpoint;

  /** Where {@link InFlight} keeps it; written before the request is handed to anyone. */
  int slot = -1;

  private volatile boolean settled; // by SETTLED
  private volatile boolean begun; // by BEGUN, opaquely: whoever asks has time
  private @Nullable List<Runnable> onCancel; // guarded by this
  private boolean ended; // by the deadline or the caller; guarded by this
  private boolean isLate; // deadlines thread

  PendingRequest(
      long requestId,
      String path,
      Payload payload,
      Map<String, String> pathParams,
      RequestOptions options,
      long deadlineNanos,
      long timeoutNanos,
      InFlight inFlight,
      Ledger ledger,
      ActionEndpoint endpoint) {
    this.requestId = requestId;
    this.path = path;
    this.payload = payload;
    this.pathParams = pathParams;
    this.options = options;
    this.deadlineNanos = deadlineNanos;
    this.timeoutNanos = timeoutNanos;
    this.inFlight = inFlight;
    this.ledger = ledger;
    this.endpoint = endpoint;
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
    return options.meta();
  }

  @Override
  public String caller() {
    return options.caller();
  }

  @Override
  public Optional<HttpCall> http() {
    return Optional.ofNullable(options.http());
  }

  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public boolean isSettled() {
    return settled;
  }

  @Override
  public void begin() {
    BEGUN.setOpaque(this, true);
  }

  @Override
  public boolean hasBegun() {
    return begun;
  }

  @Override
  public void succeed(Payload result) {
    if (settle()) {
      complete(result);
    } else {
      ledger.lateSettle();
    }
  }

  @Override
  public void fail(RunarException error) {
    if (settle()) {
      completeExceptionally(error);
    } else {
      ledger.lateSettle();
    }
  }

  /** The caller gives up. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return end(new CancellationException("request " + path + " was cancelled by its caller"));
  }

  /**
   * The deadline has passed. A handler that is busy with this very request is asked for its stack
   * first, on a thread of its own, since others have deadlines too. Deadlines thread.
   */
  void timeOut() {
    if (isLate) {
      return;
    }
    isLate = true;
    if (endpoint.isRunning(this)) {
      Thread.ofVirtual().name("runar-late").start(() -> endLate(endpoint.stackOf(this)));
    } else {
      endLate(Optional.empty());
    }
  }

  private void endLate(Optional<String> stack) {
    long timeoutMs = Duration.ofNanos(timeoutNanos).toMillis();
    String message = "request " + path + " timed out after " + timeoutMs + " ms";
    end(
        stack.isEmpty()
            ? new RunarException(Code.TIMEOUT, message)
            : endpoint.placed(
                new RunarException(
                    Code.TIMEOUT,
                    message + "; its script was still running",
                    null,
                    null,
                    "TimeoutError",
                    "TimeoutError: " + message + stack.get())));
  }

  @Override
  public void onCancel(Runnable callback) {
    synchronized (this) {
      if (!settled) {
        if (onCancel == null) {
          onCancel = new ArrayList<>(1);
        }
        onCancel.add(callback);
        return;
      }
      if (!ended) {
        return;
      }
    }
    callback.run();
  }

  private boolean end(Throwable reason) {
    List<Runnable> callbacks;
    synchronized (this) {
      if (!settle()) {
        return false;
      }
      ended = true;
      callbacks = onCancel == null ? List.of() : onCancel;
    }
    completeExceptionally(reason);
    callbacks.forEach(Runnable::run);
    return true;
  }

  /** Its place is free before its caller knows of the end, and may ask again. */
  private boolean settle() {
    if (!SETTLED.compareAndSet(this, false, true)) {
      return false;
    }
    inFlight.remove(this);
    return true;
  }

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(PendingRequest.class, field, boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
