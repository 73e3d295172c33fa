package dev.runar;

import java.lang.System.Logger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * What a handler may do with its node. Topics without a service segment belong to the handler's own
 * service. Any thread.
 */
public interface NodeContext {
  String networkId();

  /** The path of the service whose handler runs. */
  String servicePath();

  Logger logger();

  CompletableFuture<Payload> request(String path, Payload payload);

  CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options);

  /** The items that an action answers with; see {@link Node#stream}. */
  Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options);

  CompletableFuture<PublishReceipt> publish(String topic, Payload payload);

  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options);
}
