package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.TraceContext;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** The context of one event in Java. Immutable; any thread. */
final class JavaEventContext extends JavaContext implements EventContext {
  private final EventDelivery delivery;
  private final Event event;

  JavaEventContext(EventDelivery delivery, NodeCore core, ServiceScope scope) {
    super(core, scope);
    this.delivery = delivery;
    this.event = delivery.event();
  }

  @Override
  public String topic() {
    return event.topic();
  }

  @Override
  public Map<String, String> pathParams() {
    return delivery.pathParams();
  }

  @Override
  public Map<String, String> meta() {
    return event.meta();
  }

  /** The bus puts every event that it publishes into a trace. */
  @Override
  public TraceContext trace() {
    return Objects.requireNonNull(event.trace());
  }

  @Override
  public int attempt() {
    return delivery.attempt();
  }

  @Override
  public void ack() {
    JavaEventCallback.mustBeManual(delivery);
    delivery.handled();
  }

  @Override
  public void nack(String reason) {
    JavaEventCallback.mustBeManual(delivery);
    delivery.failed(new RunarException(Code.HANDLER_FAILED, reason));
  }

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    return super.request(path, payload, Onward.request(event, options));
  }

  @Override
  public Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options) {
    return super.stream(path, payload, Onward.request(event, options));
  }

  @Override
  public CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return super.request(path, payload, Onward.request(event, options), input);
  }

  @Override
  public Flow.Publisher<Payload> stream(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return super.stream(path, payload, Onward.request(event, options), input);
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    return super.publish(topic, payload, Onward.publish(event, options));
  }
}
