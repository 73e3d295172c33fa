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

  /**
   * Publishes; the receipt says what was queued. Use when nobody waits for handlers: it costs no
   * future.
   *
   * @throws RunarException {@code INVALID_PATH}, {@code NOT_RUNNING}
   */
  PublishReceipt publish(String topic, Payload payload);

  /** Publishes with options; with {@code Ack.HANDLED} the future waits for the handlers. */
  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options);

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
