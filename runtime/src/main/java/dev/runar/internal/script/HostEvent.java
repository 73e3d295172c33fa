package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.ServiceScope;
import java.util.function.Consumer;
import org.graalvm.polyglot.HostAccess;

/** One event as a script's SDK sees it. Owner thread only. */
public final class HostEvent implements Consumer<RunarException> {
  private final EventDelivery delivery;
  private final ServiceScope scope;
  private final ScriptContext context;
  private boolean settled;

  HostEvent(EventDelivery delivery, ServiceScope scope, ScriptContext context) {
    this.delivery = delivery;
    this.scope = scope;
    this.context = context;
  }

  @HostAccess.Export
  public double id() {
    return delivery.event().id();
  }

  @HostAccess.Export
  public String topic() {
    return delivery.event().topic();
  }

  /** Milliseconds since 1970. */
  @HostAccess.Export
  public double timestamp() {
    return delivery.event().timestampMs();
  }

  @HostAccess.Export
  public String paramsJson() {
    return Payload.of(delivery.pathParams()).text();
  }

  @HostAccess.Export
  public String servicePath() {
    return scope.servicePath();
  }

  @HostAccess.Export
  public String networkId() {
    return scope.networkId();
  }

  @HostAccess.Export
  public void handled() {
    settled = true;
    context.forget(this);
    delivery.handled();
  }

  @HostAccess.Export
  public void failed(String json) {
    settled = true;
    context.forget(this);
    RunarException failure = ScriptErrors.fromJson(json);
    context.report(failure, "event " + delivery.event().topic());
    delivery.failed(failure);
  }

  /** The handler has returned a promise: if the context goes before it settles, count it failed. */
  void awaited() {
    if (!settled) {
      context.remember(this);
    }
  }

  /** The context has gone. Any thread. */
  @Override
  public void accept(RunarException reason) {
    delivery.failed(reason);
  }
}
