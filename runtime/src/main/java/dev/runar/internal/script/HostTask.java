package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.ServiceScope;
import dev.runar.spi.TraceContext;
import java.util.Map;
import java.util.function.Consumer;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/**
 * One callback of a service as a script's SDK sees it, until it is settled. Owner thread only,
 * except {@link #accept}, which tells its sender that the context has gone.
 */
public abstract sealed class HostTask implements Consumer<RunarException>
    permits HostCall, HostEvent, HostLifecycle {
  final ScriptContext context;
  private final ServiceScope scope;
  private boolean remembered;

  HostTask(ScriptContext context, ServiceScope scope) {
    this.context = context;
    this.scope = scope;
  }

  @HostAccess.Export
  public final String servicePath() {
    return scope.servicePath();
  }

  @HostAccess.Export
  public final String networkId() {
    return scope.networkId();
  }

  @HostAccess.Export
  public final String paramsJson() {
    return Payload.of(pathParams()).text();
  }

  /** Its place in its trace, as the header {@code traceparent}; empty: it is in none. */
  @HostAccess.Export
  public final String traceparent() {
    TraceContext trace = trace();
    return trace == null ? "" : trace.traceparent();
  }

  @HostAccess.Export
  public final String tracestate() {
    TraceContext trace = trace();
    return trace == null ? "" : trace.tracestate();
  }

  final ServiceScope scope() {
    return scope;
  }

  /** Who asks when the handler does. */
  final Requester requester() {
    return Requester.service(scope);
  }

  abstract @Nullable TraceContext trace();

  /** What a request that the handler makes takes over. */
  abstract RequestOptions onward(RequestOptions own);

  /** What an event that the handler publishes takes over. */
  abstract PublishOptions onward(PublishOptions own);

  /** Whose handler it is, for a report. */
  final String ofService() {
    return scope.servicePath().isEmpty() ? "" : " in service " + scope.servicePath();
  }

  abstract Map<String, String> pathParams();

  abstract boolean isDone();

  /** The handler has returned; if it was a promise, its sender is told if the context goes. */
  void awaited() {
    if (!isDone()) {
      remembered = true;
      context.remember(this);
    }
  }

  final void forget() {
    if (remembered) {
      context.forget(this);
    }
  }
}
