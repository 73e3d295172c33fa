package dev.runar.cli;

import dev.runar.ActionHandler;
import dev.runar.Event;
import dev.runar.EventHandler;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.Reload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.Shell;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.bean.ClientProxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A node without threads, scripts and sockets: just enough for commands to talk to. Events are
 * handled on the publisher's thread; a pattern is a topic, or ends with {@code *} or {@code >}.
 */
final class InMemoryNode implements Node {
  private final NodeConfig config;
  private final Map<String, Service> services = new LinkedHashMap<>();
  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile State state = State.CREATED;

  /** Makes its shells. */
  volatile Supplier<CompletableFuture<Shell>> shells =
      () ->
          CompletableFuture.failedFuture(
              new RunarException(
                  RunarException.Code.OVERLOADED, "a node without scripts has no shell"));

  /** What a script would do at its top level; may throw. */
  volatile Runnable script = () -> {};

  InMemoryNode(NodeConfig config) {
    this.config = config;
  }

  /** A started node with the service of the examples. */
  static InMemoryNode withMath() {
    var node = new InMemoryNode(NodeConfig.DEFAULT);
    node.addService(math()).join();
    node.start().join();
    return node;
  }

  static Service math() {
    return Service.at("math")
        .name("math-service")
        .version("1.0.0")
        .action("add", sum())
        .action("echo", (payload, context) -> payload)
        .action("fail", failure())
        .build();
  }

  private static ActionHandler sum() {
    return (payload, context) -> {
      Map<String, Object> in = payload.asMap();
      return Payload.of(((Number) in.get("a")).intValue() + ((Number) in.get("b")).intValue());
    };
  }

  private static ActionHandler failure() {
    return (payload, context) -> {
      throw new RunarException(
          Code.HANDLER_FAILED,
          "no luck",
          null,
          Payload.object("tries", 3),
          "LuckError",
          "LuckError: no luck\n    at fail (app.ts:7:11)");
    };
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public NodeConfig config() {
    return config;
  }

  @Override
  public CompletableFuture<Void> start() {
    state = State.RUNNING;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public List<URI> urls() {
    OptionalInt port = config.server().port().number();
    return port.isEmpty()
        ? List.of()
        : List.of(URI.create("http://" + config.server().host() + ":" + port.getAsInt() + "/"));
  }

  @Override
  public CompletableFuture<Void> addService(Service service) {
    services.put(service.path(), service);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> removeService(String path) {
    services.remove(path);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Payload> request(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return request(path, payload, options);
  }

  /** What the action answers, as a stream of one item. */
  @Override
  public Flow.Publisher<Payload> stream(String path, Payload payload, RequestOptions options) {
    return subscriber -> {
      var items = new SubmissionPublisher<Payload>();
      items.subscribe(subscriber);
      items.submit(request(path, payload, options).join());
      items.close();
    };
  }

  @Override
  public Flow.Publisher<Payload> stream(
      String path, Payload payload, RequestOptions options, Flow.Publisher<Payload> input) {
    return stream(path, payload, options);
  }

  @Override
  public CompletableFuture<Shell> openShell(Consumer<String> output) {
    return shells.get();
  }

  @Override
  public CompletableFuture<Void> addScript(Path entry, Permissions permissions) {
    return addScript(entry);
  }

  @Override
  public CompletableFuture<Void> addScript(Path entry) {
    try {
      script.run();
      return CompletableFuture.completedFuture(null);
    } catch (RunarException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<Reload> reload(Path entry) {
    return addScript(entry).thenApply(added -> new Reload(Duration.ofMillis(38), 2, 5, 0));
  }

  @Override
  public Set<Path> filesOf(Path entry) {
    return Set.of(entry);
  }

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload) {
    return request(path, payload, RequestOptions.DEFAULT);
  }

  @Override
  public CompletableFuture<Payload> request(String path, Payload payload, RequestOptions options) {
    if (path.equals("never")) {
      var answer = new CompletableFuture<Payload>();
      if (!options.timeout().isZero()) {
        CompletableFuture.delayedExecutor(options.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .execute(
                () ->
                    answer.completeExceptionally(
                        new RunarException(Code.TIMEOUT, "no answer from never")));
      }
      return answer;
    }
    try {
      return CompletableFuture.completedFuture(answer(path, payload));
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Payload answer(String path, Payload payload) throws Exception {
    if (path.equals("$registry/services/list")) {
      return Payload.of(services.values().stream().map(this::describe).toList());
    }
    if (path.equals("$runtime/status")) {
      return Payload.object(
          "version", "0.1.0",
          "engine", Payload.object("name", "GraalVM CE", "compiled", true).asMap(),
          "urls", urls().stream().map(Object::toString).toList());
    }
    int slash = path.indexOf('/');
    Service service = services.get(slash < 0 ? path : path.substring(0, slash));
    Service.Action action =
        service == null ? null : service.actions().get(path.substring(slash + 1));
    if (action == null) {
      throw new RunarException(Code.NOT_FOUND, "No handler found for action " + path);
    }
    return action.handler().handle(payload, null);
  }

  private Map<String, Object> describe(Service service) {
    return Payload.object(
            "networkId", config.networkId(),
            "path", service.path(),
            "name", service.name(),
            "version", service.version(),
            "description", service.description(),
            "state", state.name(),
            "actions",
                service.actions().keySet().stream()
                    .map(
                        name ->
                            Payload.object(
                                    "name",
                                    name,
                                    "params",
                                    name.equals("add") ? List.of("a", "b") : null)
                                .asMap())
                    .toList())
        .asMap();
  }

  @Override
  public <T> T client(Class<T> api) {
    return client(api, ClientProxy.path(api));
  }

  @Override
  public <T> T client(Class<T> api, String path) {
    return ClientProxy.of(this, api, path);
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(String topic, Payload payload) {
    return publish(topic, payload, PublishOptions.DEFAULT);
  }

  @Override
  public CompletableFuture<PublishReceipt> publish(
      String topic, Payload payload, PublishOptions options) {
    var event = new Event(ids.incrementAndGet(), topic, payload, 1_700_000_000_123L);
    var matching = subscribers.stream().filter(subscriber -> subscriber.matches(topic)).toList();
    for (Subscriber subscriber : matching) {
      try {
        subscriber.handler.handle(event, null);
      } catch (Exception e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    int count = matching.size();
    return CompletableFuture.completedFuture(
        new PublishReceipt(event.id(), count, count, 0, 0, 0, 0, List.of()));
  }

  int subscriptions() {
    return subscribers.size();
  }

  @Override
  public dev.runar.channels.TopicWriter writer(String topic) {
    throw new AssertionError("no command writes packets");
  }

  @Override
  public Subscription subscribe(String pattern, EventHandler handler) {
    return subscribe(pattern, handler, SubscribeOptions.DEFAULT);
  }

  @Override
  public Subscription subscribe(String pattern, EventHandler handler, SubscribeOptions options) {
    if (pattern.contains("//")) {
      throw new RunarException(Code.INVALID_PATH, "the pattern " + pattern + " is malformed");
    }
    var subscriber = new Subscriber(ids.incrementAndGet(), pattern, handler, subscribers);
    subscribers.add(subscriber);
    return subscriber;
  }

  @Override
  public CompletableFuture<Event> on(String pattern, Duration timeout, SubscribeOptions options) {
    var first = new CompletableFuture<Event>();
    var subscription = subscribe(pattern, (event, context) -> first.complete(event), options);
    return first
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((event, failure) -> subscription.close());
  }

  @Override
  public int clearRetained(String pattern) {
    return 0;
  }

  @Override
  public CompletableFuture<Void> stop() {
    state = State.STOPPED;
    stopped.complete(null);
    return stopped();
  }

  @Override
  public CompletableFuture<Void> stopped() {
    return stopped.copy();
  }

  private record Subscriber(long id, String pattern, EventHandler handler, List<Subscriber> all)
      implements Subscription {
    boolean matches(String topic) {
      return pattern.endsWith("*") || pattern.endsWith(">")
          ? topic.startsWith(pattern.substring(0, pattern.length() - 1))
          : topic.equals(pattern);
    }

    @Override
    public void close() {
      all.removeIf(other -> other.id == id);
    }
  }
}
