package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.internal.loop.Callback;
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
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private FunctionCall(ScriptContext context, Supplier<@Nullable Value> function) {
    this.context = context;
    this.function = function;
  }

  /**
   * Completes when the function, or the promise that it returns, has; an absent function succeeds.
   *
   * @param function finds the function, on the owner thread
   */
  static CompletableFuture<Void> begin(ScriptContext context, Supplier<@Nullable Value> function) {
    var call = new FunctionCall(context, function);
    Consumer<RunarException> waiting = call.done::completeExceptionally;
    context.remember(waiting);
    var _ = call.done.whenComplete((result, error) -> context.forget(waiting));
    if (context.queue().offerReserved(call) == Delivery.CLOSED) {
      call.done.completeExceptionally(context.gone());
    }
    return call.done;
  }

  @Override
  public void run() {
    try {
      Value callee = function.get();
      if (callee == null || !callee.canExecute()) {
        done.complete(null);
        return;
      }
      ProxyExecutable resolve = arguments -> done.complete(null);
      ProxyExecutable reject =
          arguments ->
              done.completeExceptionally(
                  ScriptErrors.fromJson(arguments[0].asString(), context.excerpts()));
      Value none = context.context().eval("js", "[]");
      context.functions().call.executeVoid(callee, none, resolve, reject);
    } catch (RuntimeException e) {
      done.completeExceptionally(context.failure(e));
    }
  }

  @Override
  public void abandon(RunarException reason) {
    done.completeExceptionally(reason);
  }
}
