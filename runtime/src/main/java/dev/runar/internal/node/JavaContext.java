package dev.runar.internal.node;

import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.channels.TopicWriter;
import java.lang.System.Logger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** What a handler in Java may do with its node. Immutable; any thread. */
class JavaContext implements NodeContext {
  private final NodeCore core;
  private final ServiceScope scope;

  JavaContext(NodeCore core, ServiceScope scope) {
    this.core = core;
    this.scope = scope;
  }

  @Override
  public String networkId() {
    return scope.networkId();
  }

  @Override
  public String servicePath() {
    return scope.servicePath();
  }

  @Override
  public Logger logger() {
    return System.getLogger("runar.service." + scope.servicePath());
  }

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    return core.request(Requester.service(scope), scope.resolveRequest(path), payload, options);
  }

  @Override
  public Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options) {
    return stream(path, payload, options, null, null);
  }

  @Override
  public CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return core.streams()
        .request(Requester.service(scope), scope.resolveRequest(path), payload, options, input);
  }

  @Override
  public Flow.Publisher<Payload> stream(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return stream(path, payload, options, input, null);
  }

  /**
   * As {@link #stream(String, Payload, RequestOptions, Flow.Publisher)}.
   *
   * @param parent whose end is the end of the stream, too; null: none
   */
  final Flow.Publisher<Payload> stream(
      String path,
      Payload payload,
      RequestOptions options,
      Flow.@Nullable Publisher<Payload> input,
      @Nullable Invocation parent) {
    return core.streams()
        .publisher(
            Requester.service(scope), scope.resolveRequest(path), payload, options, input, parent);
  }

  @Override
  public TopicWriter writer(String topic) {
    return core.writer(scope.resolve(topic));
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    return core.publish(scope.resolve(topic), payload, options);
  }
}
