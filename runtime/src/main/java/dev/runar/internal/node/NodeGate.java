package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * What a client of the node may ask, whether it is a script, a Java embedder or a session. Any
 * thread; nothing here blocks.
 */
public interface NodeGate {
  /** Calls an action; the future fails with a {@link RunarException} and nothing else. */
  CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options);

  /**
   * The action that HTTP clients reach by a method and a path.
   *
   * @param segments of the path, decoded
   */
  default HttpLookup http(String method, List<String> segments) {
    return HttpLookup.NONE;
  }

  /** As {@link #request(String, Payload, RequestOptions)}, by somebody who may not call all. */
  CompletableFuture<Payload> request(
      Requester requester, String path, Payload payload, RequestOptions options);

  /**
   * The items that an action answers with. Each subscriber makes a request of its own; its items
   * come on a thread that may block, and not before it asks for them. {@code timeout} of the
   * options is how long it waits for each.
   */
  default Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options) {
    return stream(Requester.PROGRAM, path, payload, options);
  }

  /** As {@link #stream(String, Payload, RequestOptions)}, by somebody who may not call all. */
  Flow.Publisher<Payload> stream(
      Requester requester, String path, Payload payload, RequestOptions options);

  /**
   * Publishes; the receipt says what was queued. Use when nobody waits for handlers: it costs no
   * future.
   *
   * @throws RunarException {@code INVALID_PATH}, {@code NOT_RUNNING}
   */
  PublishReceipt publish(String topic, Payload payload);

  /**
   * As {@link #publish(String, Payload)}.
   *
   * @param publisher who publishes, such as {@code session 12}
   */
  default PublishReceipt publish(String topic, Payload payload, String publisher) {
    return publish(topic, payload);
  }

  /** Publishes with options; with {@code Ack.HANDLED} the future waits for the handlers. */
  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options);

  /**
   * Whether a service from outside plays a part of the node's own work; see {@link Roles#has}.
   * Takes no lock and makes nothing.
   */
  default boolean hasRole(String servicePath, String action) {
    return false;
  }

  /** The topics that running services declare, as the node spells them; one may come twice. */
  default List<String> declaredTopics() {
    return List.of();
  }

  /** Sees every event from now on. */
  Subscription addSink(EventSink sink);

  /** The endpoint of a raw WebSocket path of the URL, if a running service declares it. */
  Optional<SocketEndpoint> socket(String urlPath);

  /**
   * Hears from now on of every endpoint that {@link #socket} does not give any more, since its
   * service was removed, has lost its script or was replaced.
   */
  void watchSockets(SocketWatcher watcher);

  /** Ends what {@link #watchSockets} began. Repeatable. */
  void unwatchSockets(SocketWatcher watcher);
}
