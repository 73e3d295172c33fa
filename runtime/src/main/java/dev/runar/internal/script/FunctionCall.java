package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.loop.Callback;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * One call of a function of the script that may return a promise. For the few steps of a service's
 * life, which have their place in the queue whatever its bound. {@link #run} on the owner thread,
 * the rest on any.
 */
final class FunctionCall implements Callback {
  private final ScriptContext context;
  private final Supplier<@Nullable Value> function;
  private final Way way;
  private final CompletableFuture<Optional<Payload>> done = new CompletableFuture<>();

  /** What the function gets, and what becomes of what it returns. */
  private interface Way {
    void call(Value function, FunctionCall call);
  }

  private FunctionCall(ScriptContext context, Supplier<@Nullable Value> function, Way way) {
    this.context = context;
    this.function = function;
    this.way = way;
  }

  /**
   * Completes when the function, or the promise that it returns, has; an absent function succeeds.
   *
   * @param function finds the function, on the owner thread
   * @param life whose step it is: the only argument
   */
  static CompletableFuture<Void> begin(
      ScriptContext context, Supplier<@Nullable Value> function, HostLifecycle life) {
    Way plain =
        (callee, call) ->
            context.functions().call.executeVoid(callee, life, call.returned(), call.thrown());
    return new FunctionCall(context, function, plain).begun().thenRun(() -> {});
  }

  /** As {@link #begin}, with what the function returns; empty if it is absent or returns none. */
  static CompletableFuture<Optional<Payload>> result(
      ScriptContext context, Supplier<@Nullable Value> function, HostLifecycle life) {
    Way save =
        (callee, call) ->
            context.functions().save.executeVoid(callee, life, call.returned(), call.thrown());
    return new FunctionCall(context, function, save).begun();
  }

  /** As {@link #begin}, with an argument. */
  static CompletableFuture<Void> begin(
      ScriptContext context, Supplier<@Nullable Value> function, Payload argument) {
    Way restore =
        (callee, call) -> {
          var crossing = ScriptValues.crossing(argument);
          context
              .functions()
              .restore
              .executeVoid(
                  callee, crossing.kind(), crossing.data(), call.returned(), call.thrown());
        };
    return new FunctionCall(context, function, restore).begun().thenRun(() -> {});
  }

  private CompletableFuture<Optional<Payload>> begun() {
    Consumer<RunarException> waiting = done::completeExceptionally;
    context.remember(waiting);
    var _ = done.whenComplete((result, error) -> context.forget(waiting));
    if (context.queue().offerReserved(this) == Delivery.CLOSED) {
      done.completeExceptionally(context.gone());
    }
    return done;
  }

  @Override
  public void run() {
    try {
      Value callee = function.get();
      if (callee == null || !callee.canExecute()) {
        done.complete(Optional.empty());
        return;
      }
      way.call(callee, this);
    } catch (RuntimeException e) {
      done.completeExceptionally(context.failure(e));
    }
  }

  /** Called with nothing, or with (kind, data, offset, length). */
  private ProxyExecutable returned() {
    return arguments -> {
      if (arguments.length == 0) {
        return done.complete(Optional.empty());
      }
      try {
        return done.complete(
            Optional.of(
                ScriptValues.payload(
                    arguments[0].asString(),
                    arguments[1],
                    arguments[2].asInt(),
                    arguments[3].asInt())));
      } catch (RunarException e) {
        return done.completeExceptionally(e);
      }
    };
  }

  private ProxyExecutable thrown() {
    return arguments ->
        done.completeExceptionally(
            ScriptErrors.fromJson(arguments[0].asString(), context.excerpts()));
  }

  @Override
  public void abandon(RunarException reason) {
    done.completeExceptionally(reason);
  }
}
