package dev.runar.internal.node;

import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import java.lang.System.Logger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** What a handler in Java may do with its node. Immutable; any thread. */
class JavaContext implements NodeContext {
  private final NodeGate gate;
  private final ServiceScope scope;

  JavaContext(NodeGate gate, ServiceScope scope) {
    this.gate = gate;
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
    return gate.request(Requester.service(scope), scope.resolveRequest(path), payload, options);
  }

  @Override
  public Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options) {
    return gate.stream(scope.resolve(path), payload, options);
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    return gate.publish(scope.resolve(topic), payload, options);
  }
}
