package dev.runar;

import dev.runar.channels.TopicWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Requests and events, the same for a program with a {@link Node} and for a handler with its {@link
 * NodeContext}. Any thread; nothing here blocks, and what fails at once fails in the future too.
 */
public interface Messaging {
  /** As {@link #request(String, Payload, RequestOptions)}, with the node's timeout. */
  default CompletableFuture<Payload> request(String path, Payload payload) {
    return request(path, payload, RequestOptions.DEFAULT);
  }

  /**
   * Calls an action.
   *
   * @return the result; fails with a {@link RunarException}. Cancelling the future cancels the
   *     request.
   */
  CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options);

  /**
   * Calls an action with an object and takes its result as one: {@code node.request("math/add", new
   * Pair(5, 3), int.class)}.
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

  /**
   * As {@link #request(String, Payload, RequestOptions)}, for an action that takes a stream.
   *
   * @param input items for the action; asked for as fast as it reads them. Its subscription is
   *     cancelled when the action has answered.
   */
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

  /**
   * The items that an action answers with. Each subscriber makes a request of its own; the action
   * is at most 64 items ahead of what it asked for. It is told on virtual threads, and may block
   * them. Cancelling its subscription ends the action's work.
   *
   * @param options {@code timeout} is how long to wait for each item, the first included; a slow
   *     subscriber has all the time it wants
   * @throws RunarException by {@code onError}, behind the items that came before it
   */
  Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options);

  /**
   * As {@link #stream(String, Payload, RequestOptions)}, for an action that takes a stream, too.
   *
   * @param input items for the action; subscribed to by each request
   */
  Flow.Publisher<Payload> stream(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input);

  /** As {@link #publish(String, Payload, PublishOptions)}, without options. */
  default CompletableFuture<PublishReceipt> publish(String topic, Payload payload) {
    return publish(topic, payload, PublishOptions.DEFAULT);
  }

  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options);

  /**
   * What writes packets of bytes on a topic, at high rates: it answers at once and keeps nobody
   * waiting. To be kept by who writes.
   *
   * @throws RunarException {@code INVALID_PATH}; {@code PERMISSION_DENIED} for a topic that begins
   *     with {@code $}
   */
  TopicWriter writer(String topic);

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
