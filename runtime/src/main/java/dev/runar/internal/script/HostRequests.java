package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.node.Pipes;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.Streams;
import dev.runar.internal.sdk.OperationOptions;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** How a script makes requests. Owner thread only. No method throws, as in {@link HostBindings}. */
public final class HostRequests {
  private final ScriptContext context;
  private final Supplier<NodeCore> core;
  private final HostBindings bindings;

  /** What this script is called as the caller of others. */
  private final String caller;

  /**
   * Requests with streams that are not over; as many as the node allows. They end with the context.
   */
  private final Set<HostExchange> open = Collections.newSetFromMap(new IdentityHashMap<>());

  HostRequests(ScriptContext context, Supplier<NodeCore> core, HostBindings bindings) {
    this.context = context;
    this.core = core;
    this.bindings = bindings;
    this.caller = "script " + context.name();
  }

  /**
   * Calls an action.
   *
   * @param within the request or event whose handler asks; null: none that is known
   * @param onMeta told the reply meta as JSON text, just before the answer; null: nobody asks
   * @param sends whether it sends items beside the payload
   * @param settle called once with the answer's kind and data, or with "error" and it as JSON text
   */
  @HostAccess.Export
  public HostExchange request(
      String path,
      String kind,
      @Nullable Value data,
      int offset,
      int length,
      @Nullable String optionsJson,
      @Nullable HostTask within,
      @Nullable Value onMeta,
      boolean sends,
      Value settle) {
    HostExchange exchange;
    try {
      Payload payload = ScriptValues.payload(kind, data, offset, length);
      RequestOptions options = options(OperationOptions.request(optionsJson), within, onMeta);
      Pipes pipes =
          sends ? new Pipes(null, core.get().streams().open(Streams.READ_AHEAD)) : Pipes.NONE;
      exchange = exchange(path, payload, options, pipes, within);
    } catch (RuntimeException e) {
      exchange =
          new HostExchange(CompletableFuture.failedFuture(Failures.of(e)), Pipes.NONE, context);
    }
    bindings.settle(
        exchange.answer(),
        error -> settle.executeVoid("error", error),
        payload -> {
          var crossing = ScriptValues.crossing(payload);
          settle.executeVoid(crossing.kind(), crossing.data());
        });
    return exchange;
  }

  /**
   * Calls an action that answers with a stream; a failure is the end of it.
   *
   * @param sends whether it sends items beside the payload
   */
  @HostAccess.Export
  public HostExchange stream(
      String path,
      String kind,
      @Nullable Value data,
      int offset,
      int length,
      @Nullable String optionsJson,
      @Nullable HostTask within,
      @Nullable Value onMeta,
      boolean sends) {
    try {
      Streams streams = core.get().streams();
      OperationOptions.Stream wanted = OperationOptions.stream(optionsJson);
      Payload payload = ScriptValues.payload(kind, data, offset, length);
      RequestOptions options = options(wanted.request(), within, onMeta);
      Pipe input = sends ? streams.open(Streams.READ_AHEAD) : null;
      Pipe output;
      try {
        output = streams.open(wanted.readAhead());
      } catch (RuntimeException e) {
        if (input != null) {
          input.cancel();
        }
        throw e;
      }
      return exchange(path, payload, options, new Pipes(output, input), within);
    } catch (RuntimeException e) {
      return new HostExchange(CompletableFuture.failedFuture(Failures.of(e)), Pipes.NONE, context);
    }
  }

  private HostExchange exchange(
      String path,
      Payload payload,
      RequestOptions options,
      Pipes pipes,
      @Nullable HostTask within) {
    Requester requester = within == null ? Requester.PROGRAM : within.requester();
    CompletableFuture<Payload> answer =
        core.get().request(requester, path, payload, options, pipes);
    if (within instanceof HostCall parent) {
      Streams.follow(parent.invocation(), answer);
    }
    var exchange = new HostExchange(answer, pipes, context);
    if (!pipes.isNone()) {
      open.add(exchange);
      exchange.whenOver(() -> context.postReserved("end of stream", () -> open.remove(exchange)));
    }
    return exchange;
  }

  private RequestOptions options(
      RequestOptions own, @Nullable HostTask within, @Nullable Value onMeta) {
    RequestOptions options = onward(own, within);
    return onMeta == null
        ? options
        : options.withOnMeta(
            meta ->
                context.postReserved(
                    "reply meta", () -> onMeta.executeVoid(Payload.of(meta).text())));
  }

  /** Of no known handler: its caller is what this script answers right now, or the script. */
  private RequestOptions onward(RequestOptions own, @Nullable HostTask within) {
    if (within != null) {
      return within.onward(own);
    }
    return own.withCaller(caller());
  }

  /** The request that this script answers right now, or else the script. */
  String caller() {
    Invocation call = context.turn().request();
    return call == null ? caller : call.path();
  }

  /** The context is gone: nobody reads what it was to be told, or writes what it has begun. */
  void end() {
    var reason =
        new RunarException(
            Code.CONTEXT_GONE, "the script context " + context.name() + " of the caller is gone");
    open.forEach(exchange -> exchange.abandon(reason));
    open.clear();
  }
}
