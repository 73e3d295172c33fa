package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.SocketHandler;
import dev.runar.internal.node.SocketRefusal;
import dev.runar.internal.sdk.SdkHttp;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * Asks a script whether a client of a raw socket may connect. {@link #run} on the owner thread, the
 * rest on any.
 */
final class AcceptCall implements Movable {
  private final ScriptContext context;
  private final Value function;
  private final SocketHandler.Request request;
  private final CompletableFuture<Optional<Payload>> word;
  private final BiFunction<
          SocketHandler.Request, CompletableFuture<Optional<Payload>>, @Nullable Movable>
      heir;

  /**
   * A call that was not offered yet.
   *
   * @param function {@code (requestJson, take, reject)}
   * @param heir its like where somebody has taken over; null: there is none
   */
  AcceptCall(
      ScriptContext context,
      Value function,
      SocketHandler.Request request,
      CompletableFuture<Optional<Payload>> word,
      BiFunction<SocketHandler.Request, CompletableFuture<Optional<Payload>>, @Nullable Movable>
          heir) {
    this.context = context;
    this.function = function;
    this.request = request;
    this.word = word;
    this.heir = heir;
  }

  @Override
  public ScriptContext context() {
    return context;
  }

  @Override
  public @Nullable Movable moved() {
    return heir.apply(request, word);
  }

  @Override
  public void run() {
    if (word.isDone()) {
      return; // the client has gone, or it took too long
    }
    if (context.succession().handsOn(this)) {
      return;
    }
    Consumer<RunarException> waiting = word::completeExceptionally;
    context.remember(waiting);
    var _ = word.whenComplete((identity, error) -> context.forget(waiting));
    try {
      function.executeVoid(json(), taken(), thrown());
    } catch (RuntimeException e) {
      fail(context.failure(e));
    }
  }

  private String json() {
    return SdkHttp.socket(request).text();
  }

  /** Called with nothing, or with (kind, data, offset, length). */
  private ProxyExecutable taken() {
    return arguments -> {
      try {
        context.counters().handled();
        return word.complete(
            arguments.length == 0
                ? Optional.empty()
                : Optional.of(
                    ScriptValues.payload(
                        arguments[0].asString(),
                        arguments[1],
                        arguments[2].asInt(),
                        arguments[3].asInt())));
      } catch (RunarException e) {
        return word.completeExceptionally(e);
      }
    };
  }

  private ProxyExecutable thrown() {
    return arguments -> {
      RunarException failure = ScriptErrors.fromJson(arguments[0].asString(), context.excerpts());
      if (SocketRefusal.of(failure).isSaid()) {
        context.counters().handled();
      } else {
        context.report(failure, "socket " + request.path() + " accept");
      }
      return word.completeExceptionally(failure);
    };
  }

  @Override
  public void abandon(RunarException reason) {
    if (!context.succession().keeps(this)) {
      fail(reason);
    }
  }

  @Override
  public void fail(RunarException reason) {
    word.completeExceptionally(reason);
  }

  /** About what the request holds: a client fills the queue with it before anybody knows him. */
  @Override
  public int size() {
    int size = 0;
    for (var texts : List.of(request.query(), request.headers())) {
      for (var text : texts.entrySet()) {
        size += text.getKey().length() + text.getValue().length();
      }
    }
    return size;
  }
}
