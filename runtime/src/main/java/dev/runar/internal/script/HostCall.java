package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.Onward;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.sdk.SdkErrors;
import dev.runar.spi.TraceContext;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** One request as a script's SDK sees it. Owner thread only. */
public final class HostCall extends HostTask {
  private final Invocation call;
  private volatile boolean isGone; // with its context
  private @Nullable Payload identified;

  HostCall(Invocation call, ServiceScope scope, ScriptContext context) {
    super(context, scope);
    this.call = call;
  }

  @HostAccess.Export
  public double requestId() {
    return call.requestId();
  }

  @HostAccess.Export
  public String path() {
    return call.path();
  }

  @HostAccess.Export
  public String metaJson() {
    return Payload.of(call.meta()).text();
  }

  @HostAccess.Export
  public String headersJson() {
    return Payload.of(call.options().headers()).text();
  }

  @HostAccess.Export
  public String caller() {
    return call.caller();
  }

  @HostAccess.Export
  public int attempt() {
    return call.attempt();
  }

  /** As (kind, text) for {@code decode}; null: nobody has said who. */
  @HostAccess.Export
  public @Nullable String identityKind() {
    Payload identity = identity();
    return identity == null ? null : identity.kind() == Payload.Kind.JSON ? "json" : "rich";
  }

  @HostAccess.Export
  public @Nullable String identityText() {
    Payload identity = identity();
    return identity == null ? null : identity.text();
  }

  /**
   * Says for whom the request is, to this script's handler and to what it asks from then on; for
   * middleware that has made sure of it.
   */
  @HostAccess.Export
  public @Nullable String identify(String kind, Value text) {
    try {
      identified =
          RequestOptions.DEFAULT.withIdentity(ScriptValues.payload(kind, text, 0, 0)).identity();
      return null;
    } catch (RunarException e) {
      return SdkErrors.toJson(e);
    }
  }

  /** An error as JSON text, or null. */
  @HostAccess.Export
  public @Nullable String replyMeta(String name, String value) {
    try {
      call.replyMeta(name, value);
      return null;
    } catch (RunarException e) {
      return SdkErrors.toJson(e);
    }
  }

  @Override
  TraceContext trace() {
    return call.trace();
  }

  private @Nullable Payload identity() {
    return identified == null ? call.options().identity() : identified;
  }

  @Override
  RequestOptions onward(RequestOptions own) {
    RequestOptions options = Onward.request(call, own, context.clock());
    return identified == null ? options : options.withIdentity(identified);
  }

  @Override
  PublishOptions onward(PublishOptions own) {
    return Onward.publish(call, own);
  }

  /** The HTTP request that it answers, or null. */
  @HostAccess.Export
  public @Nullable HostHttp http() {
    return call.http().map(HostHttp::new).orElse(null);
  }

  /** What a fallback stands in for, as JSON text; {@code null} for every other call. */
  @HostAccess.Export
  public String failureJson() {
    RunarException failure = call.failure();
    return failure == null ? "null" : SdkErrors.toJson(failure);
  }

  /** Where it writes, if it answers with a stream; then its deadline is that of an item. */
  @HostAccess.Export
  public @Nullable HostOutlet output() {
    Pipe output = call.output();
    return output == null ? null : new HostOutlet(output, context);
  }

  /** Where it reads what the caller sends beside the payload; null: nothing. */
  @HostAccess.Export
  public @Nullable HostInlet input() {
    Pipe input = call.input();
    return input == null ? null : new HostInlet(input, context);
  }

  /** What a request that its handler makes ends with. */
  Invocation invocation() {
    return call;
  }

  /** Milliseconds until the deadline; infinite for a stream whose consumer does not wait. */
  @HostAccess.Export
  public double remaining() {
    long left = call.deadlineNanos() - context.clock().nanos();
    return left > Invocation.NO_DEADLINE.toNanos()
        ? Double.POSITIVE_INFINITY
        : Math.max(0, left) / 1e6;
  }

  @HostAccess.Export
  public boolean isCancelled() {
    return call.isSettled();
  }

  /** Runs a function of the script on the owner thread when the request is cancelled. */
  @HostAccess.Export
  public void onCancel(Value callback) {
    call.onCancel(() -> context.postReserved("cancellation of " + path(), callback::executeVoid));
  }

  @HostAccess.Export
  public void succeed(String kind, @Nullable Value data, int offset, int length) {
    forget();
    context.pending().unwatch(this);
    try {
      call.succeed(ScriptValues.payload(kind, data, offset, length));
    } catch (RunarException e) {
      call.fail(e);
    }
  }

  @HostAccess.Export
  public void fail(String json) {
    forget();
    context.pending().unwatch(this);
    call.fail(ScriptErrors.fromJson(json, context.excerpts()));
  }

  @Override
  Map<String, String> pathParams() {
    return call.pathParams();
  }

  @Override
  boolean isDone() {
    return call.isSettled();
  }

  @Override
  void awaited() {
    super.awaited();
    call.onCancel(this::runsOn);
  }

  /**
   * Nobody waits for it, so it holds up nothing; but who counts what runs on is told of its end.
   */
  private void runsOn() {
    if (isGone) {
      return;
    }
    forget();
    context.pending().watch(this);
  }

  /** The context has gone. Any thread. */
  @Override
  public void accept(RunarException reason) {
    isGone = true;
    call.abandon(reason);
  }
}
