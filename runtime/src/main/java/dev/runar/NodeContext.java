package dev.runar;

import java.lang.System.Logger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

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

  /**
   * Calls an action with an object and takes its result as one: {@code context.request("math/add",
   * new Pair(5, 3), int.class)}.
   *
   * @param input what {@link Payload#of} takes, a record or another object of the program among it
   * @param result as {@link Payload#as(Class)} makes it
   * @throws RunarException in the future: {@code INVALID_INPUT}, naming the JSON path, if the
   *     result does not fit
   */
  default <T> CompletableFuture<T> request(String path, @Nullable Object input, Class<T> result) {
    return request(path, input, result, RequestOptions.DEFAULT);
  }

  /** As {@link #request(String, Object, Class)}, with options. */
  default <T> CompletableFuture<T> request(
      String path, @Nullable Object input, Class<T> result, RequestOptions options) {
    return TypedResult.of(
        "the result of " + path,
        () -> request(path, Payload.of(input), options),
        payload -> payload.as(result));
  }

  /** As {@link #request(String, Object, Class)}, for a result with type parameters. */
  default <T> CompletableFuture<T> request(
      String path, @Nullable Object input, Payload.TypeOf<T> result) {
    return request(path, input, result, RequestOptions.DEFAULT);
  }

  /** As {@link #request(String, Object, Payload.TypeOf)}, with options. */
  default <T> CompletableFuture<T> request(
      String path, @Nullable Object input, Payload.TypeOf<T> result, RequestOptions options) {
    return TypedResult.of(
        "the result of " + path,
        () -> request(path, Payload.of(input), options),
        payload -> payload.as(result));
  }

  /** Calls an action that takes items beside the payload; see {@link Node#request}. */
  CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input);

  /** As {@link #request(String, Object, Payload.TypeOf, RequestOptions)}, with items beside it. */
  default <T> CompletableFuture<T> request(
      String path,
      @Nullable Object payload,
      Payload.TypeOf<T> result,
      RequestOptions options,
      Flow.Publisher<Payload> input) {
    return TypedResult.of(
        "the result of " + path,
        () -> request(path, Payload.of(payload), options, input),
        known -> known.as(result));
  }

  /** The items that an action answers with; see {@link Node#stream}. */
  Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options);

  /** Items both ways; see {@link Node#stream}. */
  Flow.Publisher<Payload> stream(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input);

  CompletableFuture<PublishReceipt> publish(String topic, Payload payload);

  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options);

  /** Publishes a record or another object that {@link Payload#of} takes. */
  default CompletableFuture<PublishReceipt> publish(String topic, @Nullable Object event) {
    return publish(topic, event, PublishOptions.DEFAULT);
  }

  /** As {@link #publish(String, Object)}, with options. */
  default CompletableFuture<PublishReceipt> publish(
      String topic, @Nullable Object event, PublishOptions options) {
    try {
      return publish(topic, Payload.of(event), options);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
