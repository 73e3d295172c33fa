package dev.runar.internal.broker;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Subscription;
import dev.runar.internal.node.EventSink;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.node.SocketWatcher;
import dev.runar.internal.topic.TopicPath;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** A small node: topics without script subscribers, actions and sockets that a test puts in. */
public final class InMemoryGate implements NodeGate {
  public static final String NETWORK = "default";

  public final Map<String, Function<Payload, CompletableFuture<Payload>>> actions =
      new ConcurrentHashMap<>();
  public final Map<String, SocketEndpoint> sockets = new ConcurrentHashMap<>();

  /** Handlers that have no room for what is published. */
  public int refusing;

  /** What running services declare. */
  public Supplier<List<String>> declared = List::of;

  private final List<EventSink> sinks = new CopyOnWriteArrayList<>();
  private final List<SocketWatcher> watchers = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong();

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    var action = actions.get(path);
    return action == null
        ? CompletableFuture.failedFuture(
            new RunarException(Code.NOT_FOUND, "No handler found for action " + path))
        : action.apply(payload);
  }

  @Override
  public boolean hasRole(String servicePath, String action) {
    return actions.containsKey(servicePath + "/" + action);
  }

  /** What the action answers, as a stream of one item. */
  @Override
  public Flow.Publisher<Payload> stream(
      Requester requester, String path, Payload payload, RequestOptions options) {
    return subscriber -> {
      var items = new SubmissionPublisher<Payload>();
      items.subscribe(subscriber);
      var _ =
          request(path, payload, options)
              .whenComplete(
                  (result, error) -> {
                    if (error == null) {
                      items.submit(result);
                      items.close();
                    } else {
                      items.closeExceptionally(error);
                    }
                  });
    };
  }

  @Override
  public CompletableFuture<Payload> request(
      Requester requester, String path, Payload payload, RequestOptions options) {
    return request(path, payload, options);
  }

  @Override
  public PublishReceipt publish(String topic, Payload payload) {
    TopicPath path = TopicPath.parse(topic, NETWORK);
    String spelling = path.network().equals(NETWORK) ? path.text() : path.full();
    var event = new Event(ids.incrementAndGet(), spelling, payload, 0);
    int clients = 0;
    for (EventSink sink : sinks) {
      clients += sink.accept(event);
    }
    return new PublishReceipt(event.id(), refusing, 0, refusing, clients, 0, 0, List.of());
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    return CompletableFuture.completedFuture(publish(topic, payload));
  }

  @Override
  public Subscription addSink(EventSink sink) {
    sinks.add(sink);
    return new Subscription() {
      @Override
      public long id() {
        return 1;
      }

      @Override
      public String pattern() {
        return ">";
      }

      @Override
      public void close() {
        sinks.remove(sink);
      }
    };
  }

  @Override
  public Optional<SocketEndpoint> socket(String urlPath) {
    return Optional.ofNullable(sockets.get(urlPath));
  }

  @Override
  public List<String> declaredTopics() {
    return declared.get();
  }

  @Override
  public void watchSockets(SocketWatcher watcher) {
    watchers.add(watcher);
  }

  @Override
  public void unwatchSockets(SocketWatcher watcher) {
    watchers.remove(watcher);
  }

  /** The service of a path goes. */
  void removeSocket(String urlPath) {
    SocketEndpoint gone = sockets.remove(urlPath);
    watchers.forEach(watcher -> watcher.gone(gone));
  }
}
