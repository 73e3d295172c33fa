package dev.runar;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Stands around everything of one kind in the whole node, whatever it is written in. The first that
 * is added is the outermost. Override what is of interest; the rest costs nothing.
 *
 * <p>Each part is called with what is under way and with {@code next}, which goes on to what is
 * inside. It may pass on something else, change the result, answer by itself without going on, go
 * on again, or fail. It is called on the thread of whoever asks, which may be the owner thread of a
 * script or an event loop, so it <b>must not block</b>: for that it returns a future of its own.
 * What depends on the future of {@code next} runs on the thread that answers. What a part throws is
 * the failure.
 *
 * <p>Where it stands: {@link #request} before the path is looked up; {@link #action} behind the
 * check of who may call, and outside validation, cache, retries and the handler with the middleware
 * of its script.
 *
 * <pre>{@code
 * Node.builder().use(new Middleware() {
 *   public CompletableFuture<Payload> action(
 *       RequestContext context, Payload input, Next<Payload, Payload> next) {
 *     long begin = System.nanoTime();
 *     return next.proceed(input).whenComplete(
 *         (result, error) -> timer.record(context.path(), System.nanoTime() - begin));
 *   }
 * });
 * }</pre>
 */
public interface Middleware {
  /** What is inside. */
  @FunctionalInterface
  interface Next<I, O> {
    /** Goes on; may be called on any thread, and again. */
    CompletableFuture<O> proceed(I input);
  }

  /** A request on its way to its action. */
  record Request(String path, Payload payload, RequestOptions options) {}

  /** An event on its way to the bus. */
  record Publication(String topic, Payload payload, PublishOptions options) {}

  /**
   * A service that is about to be registered.
   *
   * @param actions their options by name
   * @param events the patterns that it listens to
   */
  record Registration(
      String path,
      String name,
      String version,
      String description,
      Map<String, ActionOptions> actions,
      List<String> events) {}

  /** Around every action of the node. */
  default CompletableFuture<Payload> action(
      RequestContext context, Payload input, Next<Payload, Payload> next) {
    return next.proceed(input);
  }

  /** Around every request, from wherever it comes: here a border says for whom it is. */
  default CompletableFuture<Payload> request(Request request, Next<Request, Payload> next) {
    return next.proceed(request);
  }

  /**
   * Sees every event before it is published, and returns it or another one. At once, since events
   * of one publisher keep their order.
   *
   * @throws RunarException refuses it, and reaches the publisher
   */
  default Publication publish(Publication publication) {
    return publication;
  }

  /**
   * Around every event handler. What does not go on counts as handled, and what fails as failed.
   * Who goes on later than at once gives up the order of events, and a full queue is then a failure
   * and not a refusal.
   *
   * <p>It must not block: it runs on the publisher's thread, and later events that have their turn
   * at the subscription behind a retained one wait for it. An event comes here once; one for a
   * subscription that tries again, once for each {@link EventContext#attempt}. If the queue of its
   * handler is full, a subscription with options holds what has gone on until there is room.
   */
  default CompletableFuture<Void> event(EventContext context, Event event, Next<Event, Void> next) {
    return next.proceed(event);
  }

  /**
   * Sees every service before it is registered.
   *
   * @throws RunarException refuses it
   */
  default void service(Registration service) {}
}
