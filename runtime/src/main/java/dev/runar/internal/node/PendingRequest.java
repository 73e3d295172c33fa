package dev.runar.internal.node;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.TraceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request from its caller's view, a future, and from its action's view, an invocation. Any
 * thread.
 */
class PendingRequest extends CompletableFuture<Payload> implements Invocation {
  private static final Logger LOG = System.getLogger("dev.runar.node");
  private static final VarHandle SETTLED = handle("settled");
  private static final VarHandle BEGUN = handle("begun");

  private final Terms terms;

  /** Where {@link InFlight} keeps it; written before the request is handed to anyone. */
  int slot = -1;

  /** Of an HTTP client; written before the request is handed to anyone. */
  @Nullable HttpCall http;

  private volatile boolean settled; // by SETTLED
  private volatile boolean begun; // by BEGUN, opaquely: whoever asks has time
  private @Nullable Runnable onCancel; // the first one; guarded by this
  private @Nullable Set<Runnable> moreOnCancel; // guarded by this
  private Map<String, String> replyMeta = Map.of(); // guarded by this
  private @Nullable TraceContext trace; // guarded by this
  private boolean ended; // without its handler; guarded by this
  private volatile long endedNanos; // then
  private volatile boolean handlerDone; // after it was settled by somebody else
  private volatile boolean isLate; // written by the deadlines thread

  /**
   * What a request is.
   *
   * @param deadlineNanos by the clock of {@code inFlight}
   * @param timeoutNanos what that allows, for messages
   * @param endpoint where its handler is
   */
  record Terms(
      long requestId,
      String path,
      Payload payload,
      Map<String, String> pathParams,
      RequestOptions options,
      long deadlineNanos,
      long timeoutNanos,
      InFlight inFlight,
      RunningOn runningOn,
      Traces traces,
      ActionEndpoint endpoint) {}

  PendingRequest(Terms terms) {
    this.terms = terms;
  }

  @Override
  public long requestId() {
    return terms.requestId;
  }

  @Override
  public String path() {
    return terms.path;
  }

  @Override
  public Payload payload() {
    return terms.payload;
  }

  @Override
  public Map<String, String> pathParams() {
    return terms.pathParams;
  }

  @Override
  public RequestOptions options() {
    return terms.options;
  }

  @Override
  public synchronized TraceContext trace() {
    if (trace == null) {
      trace = terms.traces.next(terms.options.trace());
    }
    return trace;
  }

  /** Nobody may ask for it; then it is not kept. */
  @Override
  public synchronized void replyMeta(String name, String value) {
    if (terms.options.onMeta() == null || settled) {
      return;
    }
    var more = new HashMap<>(replyMeta);
    more.put(name, value);
    replyMeta = RequestOptions.DEFAULT.withMeta(more).meta(); // has the same bounds
  }

  @Override
  public Optional<HttpCall> http() {
    return Optional.ofNullable(http);
  }

  @Override
  public long deadlineNanos() {
    return terms.deadlineNanos;
  }

  @Override
  public final long overNanos() {
    long deadline = deadlineNanos();
    return settled && endedNanos - deadline < 0 && endedNanos != 0 ? endedNanos : deadline;
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
      tellMeta();
      complete(result);
    } else {
      terms.runningOn.hasEnded(this);
    }
  }

  @Override
  public void fail(RunarException error) {
    if (settle()) {
      tellMeta();
      completeExceptionally(terms.traces.placed(error, terms.path));
    } else {
      terms.runningOn.hasEnded(this);
    }
  }

  @Override
  public void abandon(RunarException error) {
    if (!end(error)) {
      terms.runningOn.hasEnded(this);
    }
  }

  /** The caller gives up. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (!end(new CancellationException("request " + terms.path + " was cancelled by its caller"))) {
      return false;
    }
    runsOn("its caller has given up");
    return true;
  }

  private void runsOn(String why) {
    if (begun) {
      terms.runningOn.add(this, why);
    }
  }

  /** Before it is handed to anyone, and with its place among the requests in flight. */
  void connect() {}

  /** Its handler has ended late; returns false if that was known. */
  final synchronized boolean handlerIsDone() {
    boolean isNew = !handlerDone;
    handlerDone = true;
    return isNew;
  }

  final boolean isHandlerDone() {
    return handlerDone;
  }

  /** Whether nobody is to blame for an end without its handler. */
  boolean isEndExpected() {
    return false;
  }

  /** What it failed with if that was the stop of the node. */
  final Optional<RunarException> stopped() {
    return isCompletedExceptionally()
            && exceptionNow() instanceof RunarException error
            && error.code() == Code.SHUTDOWN
        ? Optional.of(error)
        : Optional.empty();
  }

  /** Where its handler is. */
  ActionEndpoint endpoint() {
    return terms.endpoint;
  }

  @Override
  public @Nullable Pipe output() {
    return null;
  }

  @Override
  public @Nullable Pipe input() {
    return null;
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
    if (terms.endpoint.isRunning(this)) {
      Thread.ofVirtual().name("runar-late").start(() -> endLate(terms.endpoint.stackOf(this)));
    } else {
      endLate(Optional.empty());
    }
  }

  /** Its deadline has passed, and it is being ended for that. */
  final boolean isLate() {
    return isLate;
  }

  private void endLate(Optional<String> stack) {
    long timeoutMs = Duration.ofNanos(terms.timeoutNanos).toMillis();
    String message = lateness(timeoutMs);
    RunarException failure =
        stack.isEmpty()
            ? new RunarException(Code.TIMEOUT, message)
            : terms.endpoint.placed(
                new RunarException(
                    Code.TIMEOUT,
                    message + "; its script was still running",
                    null,
                    null,
                    "TimeoutError",
                    "TimeoutError: " + message + stack.get()));
    if (end(failure)) {
      runsOn("its deadline has passed");
    }
  }

  /** What the caller is told at the deadline. */
  String lateness(long timeoutMs) {
    return "request " + terms.path + " timed out after " + timeoutMs + " ms";
  }

  @Override
  public void onCancel(Runnable callback) {
    synchronized (this) {
      if (!settled) {
        if (onCancel == null) {
          onCancel = callback;
        } else {
          if (moreOnCancel == null) {
            moreOnCancel = new LinkedHashSet<>();
          }
          moreOnCancel.add(callback);
        }
        return;
      }
      if (!ended) {
        return;
      }
    }
    callback.run();
  }

  @Override
  public synchronized void dropOnCancel(Runnable callback) {
    if (callback.equals(onCancel)) {
      onCancel = null;
    } else if (moreOnCancel != null) {
      moreOnCancel.remove(callback);
    }
  }

  private boolean end(Throwable reason) {
    @Nullable Runnable first;
    Set<Runnable> more;
    synchronized (this) {
      if (!settle()) {
        return false;
      }
      ended = true;
      endedNanos = terms.inFlight.now();
      first = onCancel;
      more = moreOnCancel == null ? Set.of() : moreOnCancel;
      onCancel = null;
      moreOnCancel = null;
    }
    completeExceptionally(
        reason instanceof RunarException known ? terms.traces.placed(known, terms.path) : reason);
    if (first != null) {
      first.run();
    }
    more.forEach(Runnable::run);
    return true;
  }

  /** Its place is free before its caller knows of the end, and may ask again. */
  private boolean settle() {
    if (!SETTLED.compareAndSet(this, false, true)) {
      return false;
    }
    terms.inFlight.remove(this);
    return true;
  }

  private void tellMeta() {
    Consumer<Map<String, String>> onMeta = terms.options.onMeta();
    if (onMeta == null) {
      return;
    }
    Map<String, String> told;
    synchronized (this) {
      told = replyMeta;
    }
    if (told.isEmpty()) {
      return;
    }
    try {
      onMeta.accept(told);
    } catch (RuntimeException
        | Error e) { // the caller's own code; the answer must reach it all the same
      LOG.log(Level.ERROR, "onMeta failed path=" + terms.path, e);
    }
  }

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(PendingRequest.class, field, boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
