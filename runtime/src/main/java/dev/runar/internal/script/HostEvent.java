package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.Onward;
import dev.runar.internal.node.ServiceScope;
import dev.runar.spi.TraceContext;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/** One event as a script's SDK sees it. Owner thread only. */
public final class HostEvent extends HostTask {
  private final EventDelivery delivery;
  private boolean settled;

  HostEvent(EventDelivery delivery, ServiceScope scope, ScriptContext context) {
    super(context, scope);
    this.delivery = delivery;
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

  /** How often it has been tried, this time included. */
  @HostAccess.Export
  public int attempt() {
    return delivery.attempt();
  }

  @HostAccess.Export
  public boolean isManual() {
    return delivery.isManual();
  }

  @HostAccess.Export
  public String metaJson() {
    return Payload.of(delivery.event().meta()).text();
  }

  @Override
  @Nullable TraceContext trace() {
    return delivery.event().trace();
  }

  @Override
  RequestOptions onward(RequestOptions own) {
    return Onward.request(delivery.event(), own);
  }

  @Override
  PublishOptions onward(PublishOptions own) {
    return Onward.publish(delivery.event(), own);
  }

  /** The handler has finished. */
  @HostAccess.Export
  public void handled() {
    if (!delivery.isManual()) {
      ack();
    }
  }

  @HostAccess.Export
  public void ack() {
    settled = true;
    forget();
    delivery.handled();
  }

  /** The handler threw. */
  @HostAccess.Export
  public void failed(String json) {
    RunarException failure = ScriptErrors.fromJson(json, context.excerpts());
    context.report(failure, "event " + delivery.event().topic() + ofService());
    settle(failure);
  }

  /** The handler does not want it: nothing that a log has to know. */
  @HostAccess.Export
  public void nack(String json) {
    settle(ScriptErrors.fromJson(json, context.excerpts()));
  }

  private void settle(RunarException failure) {
    settled = true;
    forget();
    delivery.failed(failure);
  }

  /** One whose time has run out waits no more either. */
  @Override
  void awaited() {
    super.awaited();
    if (!settled) {
      delivery.whenOver(() -> context.forget(this));
    }
  }

  @Override
  Map<String, String> pathParams() {
    return delivery.pathParams();
  }

  @Override
  boolean isDone() {
    return settled;
  }

  /** The context has gone. Any thread. */
  @Override
  public void accept(RunarException reason) {
    delivery.failed(reason);
  }
}
