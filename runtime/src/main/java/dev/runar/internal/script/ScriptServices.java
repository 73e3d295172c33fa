package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.sdk.SdkLifecycle;
import dev.runar.internal.sdk.SdkService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of one service of a script: an object that the SDK hands over beside the JSON text.
 * Owner thread only.
 */
record ScriptServices(ScriptContext context, Value handlers) implements SdkService.Handlers {
  @Override
  public ActionEndpoint action(ServiceScope scope, String name, @Nullable List<String> params) {
    return scriptAction(scope, name, params);
  }

  @Override
  public ActionEndpoint withFallback(
      ServiceScope scope, String name, @Nullable List<String> params) {
    ScriptAction action = scriptAction(scope, name, params);
    Value fallback = handler(handlers.getMember("fallbacks"), name);
    action.fallback(context.functions().action.execute(fallback));
    return action;
  }

  private ScriptAction scriptAction(
      ServiceScope scope, String name, @Nullable List<String> params) {
    Value handler = handler(handlers.getMember("actions"), name);
    Value function = context.functions().action.execute(handler);
    return new ScriptAction(context, scope, name, params, function);
  }

  @Override
  public EventEndpoint event(ServiceScope scope, String pattern) {
    Value handler = handler(handlers.getMember("events"), pattern);
    return new ScriptEvents(context, scope, pattern, context.functions().event.execute(handler));
  }

  @Override
  public SocketEndpoint socket(ServiceScope scope, String url) {
    Value handler = handler(handlers.getMember("sockets"), url);
    Value accept = handler.hasMember("accept") ? context.functions().accept.execute(handler) : null;
    return new ScriptSockets(context, context.functions().socket.execute(handler), accept);
  }

  @Override
  public SdkLifecycle.Steps steps(ServiceScope scope) {
    return new Steps(
        context, handlers, new HostLifecycle(context, scope), handlers.hasMember("health"));
  }

  private static Value handler(@Nullable Value handlers, String name) {
    Value handler = handlers == null ? null : handlers.getMember(name);
    if (handler == null) {
      throw new RunarException(Code.INVALID_INPUT, "there is no handler for \"" + name + "\"");
    }
    return handler;
  }

  /** The steps of a service's life, run as callbacks of its context. */
  private record Steps(
      ScriptContext context, Value handlers, HostLifecycle life, boolean tellsHealth)
      implements SdkLifecycle.Steps {

    @Override
    public CompletableFuture<Void> run(String step) {
      return FunctionCall.begin(context, () -> handlers.getMember(step), life);
    }

    @Override
    public CompletableFuture<Optional<Payload>> ask(String step) {
      return FunctionCall.result(context, () -> handlers.getMember(step), life);
    }

    @Override
    public CompletableFuture<Void> restore(Payload state) {
      return FunctionCall.begin(context, () -> handlers.getMember("restore"), state);
    }

    /** The step that does nothing stands behind what was offered; what that began is pending. */
    @Override
    public CompletableFuture<Void> drained() {
      return FunctionCall.begin(context, () -> null, life)
          .thenCompose(reached -> context.pending().none());
    }
  }
}
