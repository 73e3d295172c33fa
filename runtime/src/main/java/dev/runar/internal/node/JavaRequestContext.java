package dev.runar.internal.node;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestContext;
import dev.runar.RequestOptions;
import dev.runar.spi.Clock;
import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** The context of one request in Java. Any thread. */
final class JavaRequestContext extends JavaContext implements RequestContext {
  private final Invocation call;
  private final NodeCore core;
  private final Clock clock;

  JavaRequestContext(Invocation call, NodeCore core, ServiceScope scope, Clock clock) {
    super(core, scope);
    this.core = core;
    this.call = call;
    this.clock = clock;
  }

  /** A nested request gets at most what is left of this one's time, and is cancelled with it. */
  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    CompletableFuture<Payload> nested =
        super.request(path, payload, Onward.request(call, options, clock));
    Streams.follow(call, nested);
    return nested;
  }

  @Override
  public Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options) {
    return stream(path, payload, Onward.request(call, options, clock), null, call);
  }

  @Override
  public CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    CompletableFuture<Payload> nested =
        super.request(path, payload, Onward.request(call, options, clock), input);
    Streams.follow(call, nested);
    return nested;
  }

  @Override
  public Flow.Publisher<Payload> stream(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return stream(path, payload, Onward.request(call, options, clock), input, call);
  }

  @Override
  public Flow.Publisher<Payload> input() {
    return core.streams().received(call);
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    return super.publish(topic, payload, Onward.publish(call, options));
  }

  @Override
  public long requestId() {
    return call.requestId();
  }

  @Override
  public String path() {
    return call.path();
  }

  @Override
  public Map<String, String> pathParams() {
    return call.pathParams();
  }

  @Override
  public Map<String, String> meta() {
    return call.meta();
  }

  @Override
  public Optional<HttpCall> http() {
    return call.http();
  }

  @Override
  public Map<String, String> headers() {
    return call.options().headers();
  }

  @Override
  public String caller() {
    return call.caller();
  }

  @Override
  public Optional<Payload> identity() {
    return Optional.ofNullable(call.options().identity());
  }

  @Override
  public TraceContext trace() {
    return call.trace();
  }

  @Override
  public int attempt() {
    return call.attempt();
  }

  @Override
  public void replyMeta(String name, String value) {
    call.replyMeta(name, value);
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, call.deadlineNanos() - clock.nanos()));
  }

  @Override
  public boolean isCancelled() {
    return call.isSettled();
  }

  @Override
  public void onCancel(Runnable callback) {
    call.onCancel(callback);
  }
}
