package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Limits;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.loop.Callback;
import dev.runar.internal.loop.CallbackQueue;
import dev.runar.internal.loop.OwnerThread;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.SessionDirectory;
import dev.runar.internal.script.module.Excerpts;
import dev.runar.internal.script.permission.PermissionCheck;
import dev.runar.internal.sdk.SdkErrors;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * One GraalJS context and the owner thread that alone may enter it. Every other thread reaches it
 * through {@link #queue}; a turn is one callback of that queue and the microtasks it leaves.
 *
 * <p>A context ends in one of two ways: {@link #stop}, after the callback that runs now, or {@link
 * #kill}, in the middle of it. Either way every callback that waits, and every call whose promise
 * is pending, is failed to its own sender with {@code CONTEXT_GONE} or the reason of the stop.
 */
final class ScriptContext implements OwnerThread.Guest {
  private final String name;
  private final Logger log;
  private final Clock clock;
  private final ContextFactory factory;
  private final Estate estate;
  private final OwnerThread owner;
  private final ScriptCounters counters = new ScriptCounters();
  private final SessionDirectory sessions;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  private final Succession succession;
  private final PendingTasks pending = new PendingTasks();
  private final OpenWork work = new OpenWork();
  private volatile boolean loaded;
  private volatile boolean ended;

  /** Why it was killed, so that all who waited hear it. */
  private final AtomicReference<@Nullable RunarException> killed = new AtomicReference<>();

  /** What the running turn is told, and its number. */
  private volatile @Nullable Blame blame;

  private final RunningTurn turn = new RunningTurn();

  private record Blame(long turn, RunarException reason) {}

  // Owner thread, from begin on.
  private @Nullable Context context;
  private @Nullable ScriptFunctions functions;
  private @Nullable ScriptValues values;
  private @Nullable Value undefined;

  /** Owner thread writes, any thread reads. */
  private volatile @Nullable HostBindings bindings;

  ScriptContext(
      String name,
      Limits limits,
      Clock clock,
      SessionDirectory sessions,
      ContextFactory factory,
      Estate estate) {
    this.name = name;
    this.estate = estate;
    this.log = System.getLogger("runar.script." + name);
    this.clock = clock;
    this.sessions = sessions;
    this.factory = factory;
    this.succession = new Succession(limits.queuedCallbacks(), limits.queuedBytes());
    this.owner =
        new OwnerThread(
            "runar-script-" + name, limits.queuedCallbacks(), limits.queuedBytes(), clock, this);
  }

  /** Starts the owner thread; completes when the globals are in place. */
  CompletableFuture<Void> start() {
    owner.start();
    return ready;
  }

  /** The top level of its entry file has run. */
  void loaded() {
    loaded = true;
  }

  boolean isLoaded() {
    return loaded;
  }

  String name() {
    return name;
  }

  CallbackQueue queue() {
    return owner.queue();
  }

  OwnerThread owner() {
    return owner;
  }

  /** Who does what comes from outside if this context does not. */
  Succession succession() {
    return succession;
  }

  /** Hands over what comes from outside. Any thread. */
  Delivery offer(Movable callback) {
    Delivery answer = queue().offer(callback);
    if (answer == Delivery.CLOSED) {
      answer = succession.after(callback, queue());
      if (answer == Delivery.CLOSED && !queue().isClosed()) { // it has its place again
        return queue().offer(callback);
      }
    }
    return answer;
  }

  Clock clock() {
    return clock;
  }

  ScriptCounters counters() {
    return counters;
  }

  SessionDirectory sessions() {
    return sessions;
  }

  /** What the script may reach; asked before it does. */
  PermissionCheck permissions() {
    return factory.permissions();
  }

  ScriptFunctions functions() {
    return present(functions);
  }

  ScriptValues values() {
    return present(values);
  }

  Value undefined() {
    return present(undefined);
  }

  Context context() {
    return present(context);
  }

  @Override
  public void begin() {
    long begun = clock.nanos();
    try {
      context = factory.create(this);
      bindings = factory.bindings(this);
      functions = new ScriptFunctions(factory.bootstrap(this, context, bindings));
      values = new ScriptValues(functions);
      undefined = context.eval("js", "undefined");
      log.log(Level.DEBUG, () -> "context begun ms=" + (clock.nanos() - begun) / 1_000_000);
      ready.complete(null);
    } catch (RuntimeException | Error e) {
      ready.completeExceptionally(
          new RunarException(Code.INTERNAL, "the script context did not start: " + e, e));
      throw e;
    }
  }

  @Override
  public void enter() {
    ContextEntry.enter(context(), () -> killed.get() != null);
  }

  @Override
  public void leave() {
    context().leave();
    work.look(() -> queue().size() == 0 && !owner.timers().anyAwaited());
  }

  /** A timer or a promise's callback threw. */
  @Override
  public void failed(Throwable error) {
    reportUncaught(failure(error), "timer");
  }

  @Override
  public void end() {
    RunarException reason = gone();
    ended = true; // before the loop, so that who comes too late for it sees this
    pending.fail(reason);
    if (bindings != null) {
      bindings.end();
    }
    if (context != null) {
      context.close(true);
    }
    ready.completeExceptionally(reason);
  }

  /** Ends the context after the callback that runs now. Any thread. */
  CompletableFuture<Void> stop(RunarException reason) {
    owner.stop(reason);
    return owner.ended();
  }

  /**
   * Ends the context in the middle of whatever it does; only the first reason counts. Any thread;
   * does not wait. The engine's part waits until the script is out of a host call, so it has a
   * thread of its own, one for each context at most.
   */
  void kill(RunarException reason) {
    if (killed.compareAndSet(null, reason)) {
      startEnd(() -> {});
    }
  }

  /**
   * As {@link #kill(RunarException)}, for what a turn does: its stack is asked for first, and the
   * request that it answers gets an error of its own.
   *
   * @param forTurn makes that error of the stack
   */
  void kill(RunarException reason, long turn, Function<String, RunarException> forTurn) {
    if (killed.compareAndSet(null, reason)) {
      startEnd(() -> blame = new Blame(turn, forTurn.apply(stack())));
    }
  }

  private void startEnd(Runnable first) {
    Thread.ofPlatform()
        .name("runar-script-end-" + name)
        .daemon(true)
        .start(
            () -> {
              try {
                first.run();
              } finally {
                owner.stop(gone());
                estate.killed(this);
                Context running = context;
                if (running != null) {
                  running.close(true);
                }
              }
            });
  }

  /** Where the script is right now; empty when it does not run. Any thread; may take a while. */
  String stack() {
    return factory.stack(owner.thread());
  }

  /** Whose turn runs now. */
  RunningTurn turn() {
    return turn;
  }

  /** What becomes of what is left when the context ends. */
  Estate estate() {
    return estate;
  }

  /** The services that were added by the script. Any thread. */
  Set<ServiceDefinition> services() {
    HostBindings known = bindings;
    return known == null ? Set.of() : known.services();
  }

  /** Remembers what must be told if the context goes, at once if it has. */
  void remember(Consumer<RunarException> waiting) {
    pending.add(waiting);
    if (ended) {
      waiting.accept(gone());
    }
  }

  void forget(Consumer<RunarException> waiting) {
    pending.remove(waiting);
  }

  PendingTasks pending() {
    return pending;
  }

  OpenWork work() {
    return work;
  }

  /** Runs an operation's end on the owner thread, unless the context is gone. */
  void postReserved(String what, Runnable callback) {
    var _ =
        queue()
            .offerReserved(
                new Callback() {
                  @Override
                  public void run() {
                    try {
                      callback.run();
                    } catch (RuntimeException e) {
                      reportUncaught(failure(e), what);
                    }
                  }

                  @Override
                  public void abandon(RunarException reason) {} // it was the script that waited
                });
  }

  /**
   * What a throw of the engine means. Owner thread, within the turn: reading a script's error may
   * run the script.
   */
  RunarException failure(Throwable thrown) {
    if (thrown instanceof RunarException known) {
      return known;
    }
    if (!(thrown instanceof PolyglotException error)) {
      return queue().isClosed()
          ? gone()
          : new RunarException(Code.INTERNAL, "the bridge failed: " + thrown, thrown);
    }
    if (error.isCancelled() || error.isInterrupted()) {
      return gone();
    }
    if (error.isHostException()) {
      return failure(error.asHostException());
    }
    Value guest = error.getGuestObject();
    if (error.isGuestException() && guest != null && functions != null) {
      try {
        return ScriptErrors.fromJson(functions.describe.execute(guest).asString(), excerpts());
      } catch (PolyglotException unreadable) {
        return unreadable.isCancelled() ? gone() : SdkErrors.unreadable();
      }
    }
    return new RunarException(Code.HANDLER_FAILED, String.valueOf(error.getMessage()), error);
  }

  /** Shows the source of the script. Any thread. */
  Excerpts excerpts() {
    return factory.excerpts();
  }

  /** As {@link #failure}, for the request that the running turn answers. Owner thread. */
  RunarException failureOfTurn(Throwable thrown) {
    RunarException failure = failure(thrown);
    Blame known = blame;
    return known != null && known.turn() == owner.turn() && failure.equals(killed.get())
        ? known.reason()
        : failure;
  }

  /** Says that a callback failed. Any thread. */
  void report(RunarException failure, String where) {
    log.log(Level.ERROR, () -> where + " failed: " + failure.report());
    counters.failed();
  }

  /** Says that an error was caught by nobody. Any thread. */
  void reportUncaught(RunarException failure, String where) {
    log.log(Level.ERROR, () -> "uncaught in " + where + ": " + failure.report());
    counters.uncaught();
  }

  RunarException gone() {
    RunarException reason = killed.get();
    return reason != null
        ? reason
        : new RunarException(Code.CONTEXT_GONE, "the script context " + name + " is gone");
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the script context has not begun");
    }
    return value;
  }
}
