package dev.runar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;

/**
 * A service written in Java: its name, path, actions, event handlers and lifecycle. Immutable.
 *
 * <pre>{@code
 * Service math = Service.at("math")
 *     .action("add", (payload, context) -> {
 *       var in = payload.asMap();
 *       return Payload.of((Integer) in.get("a") + (Integer) in.get("b"));
 *     })
 *     .build();
 * }</pre>
 *
 * @param path where the service lives; its first segment
 * @param name what people read
 * @param version such as {@code 1.0.0}
 * @param description one sentence, or empty
 * @param networkId the network, or empty for the node's own
 * @param actions by name
 * @param events handlers by pattern
 * @param dependsOn services that must run before this one starts: {@code db}, {@code auth@^2}
 * @param sockets handlers of raw WebSocket connections by URL path
 * @param topics what it writes on, each with one sentence; clients find them in the list of topics
 * @param lifecycle called around the service's life
 */
public record Service(
    String path,
    String name,
    String version,
    String description,
    String networkId,
    Map<String, Action> actions,
    Map<String, Listener> events,
    Map<String, SocketHandler> sockets,
    Map<String, String> topics,
    List<String> dependsOn,
    Lifecycle lifecycle) {

  public Service {
    actions = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(actions));
    events = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(events));
    sockets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(sockets));
    topics = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(topics));
    dependsOn = List.copyOf(dependsOn);
  }

  /** Starts a definition. */
  public static Builder at(String path) {
    return new Builder(path);
  }

  /** One action: what is said of it, and what answers it. */
  public record Action(ActionOptions options, ActionHandler handler) {}

  /** One event handler: what is said of its subscription, and what takes the events. */
  public record Listener(SubscribeOptions options, EventHandler handler) {}

  /**
   * Answers one action with many items. Runs on a virtual thread of its own and may block.
   *
   * <p>The items are asked for as fast as the caller takes them, with a few ahead. A caller that
   * has seen enough, or is gone, cancels the subscription; an error reaches it behind the items
   * that were published before.
   */
  public interface StreamHandler extends ActionHandler {
    /**
     * Answers one request.
     *
     * @param payload what the caller sent
     * @param context who asked, and how to reach the node
     * @throws Exception reaches the caller as for {@link ActionHandler#handle}
     */
    Flow.Publisher<Payload> stream(Payload payload, RequestContext context) throws Exception;

    /** A stream is not one result. */
    @Override
    default Payload handle(Payload payload, RequestContext context) {
      throw new RunarException(
          RunarException.Code.INVALID_INPUT,
          context.path() + " answers with a stream of items: use stream(…)");
    }
  }

  /** The states of a service. */
  public enum State {
    CREATED,
    INITIALIZED,
    RUNNING,
    PAUSED,
    STOPPED,
    ERROR
  }

  /**
   * Called around a service's life, on a virtual thread. A throw of {@code init} refuses the
   * service, one of {@code start} or {@code stop} puts it into {@code ERROR}.
   */
  public interface Lifecycle {
    /** Does nothing at any time. */
    Lifecycle NONE = new Lifecycle() {};

    /** At {@code addService}, before anything can reach the service. */
    default void init(NodeContext context) throws Exception {}

    /** When the node runs; other services can be requested. */
    default void start(NodeContext context) throws Exception {}

    /** Before the node ends, in the reverse order of start. */
    default void stop(NodeContext context) throws Exception {}

    /** When it has been paused: no request or event reaches it now. A throw lets it run on. */
    default void pause(NodeContext context) throws Exception {}

    /** Before requests and events reach it again. A throw leaves it paused. */
    default void resume(NodeContext context) throws Exception {}

    /**
     * How it is, asked every few seconds and by {@code $health}. It is not ready when this throws,
     * takes longer than 5 s, or answers {@code false} or an object whose {@code ready} is false.
     *
     * @return what {@code $health} shows; empty: nothing more than that it is ready
     */
    default Optional<Payload> health(NodeContext context) throws Exception {
      return Optional.empty();
    }
  }

  /** Collects a definition. Not for use by several threads. */
  public static final class Builder {
    private final String path;
    private String name;
    private String version = "0.0.0";
    private String description = "";
    private String networkId = "";
    private final Map<String, Action> actions = new LinkedHashMap<>();
    private final Map<String, Listener> events = new LinkedHashMap<>();
    private final Map<String, SocketHandler> sockets = new LinkedHashMap<>();
    private final Map<String, String> topics = new LinkedHashMap<>();
    private List<String> dependsOn = List.of();
    private Lifecycle lifecycle = Lifecycle.NONE;

    private Builder(String path) {
      this.path = path;
      this.name = path;
    }

    public Builder name(String newName) {
      name = newName;
      return this;
    }

    public Builder version(String newVersion) {
      version = newVersion;
      return this;
    }

    public Builder description(String newDescription) {
      description = newDescription;
      return this;
    }

    public Builder networkId(String newNetworkId) {
      networkId = newNetworkId;
      return this;
    }

    /** Adds an action; a second one of the same name is refused. */
    public Builder action(String actionName, ActionHandler handler) {
      return action(actionName, ActionOptions.DEFAULT, handler);
    }

    /** Adds an action that answers with many items. */
    public Builder stream(String actionName, StreamHandler handler) {
      return stream(actionName, ActionOptions.DEFAULT, handler);
    }

    /** Adds an action with options that answers with many items. */
    public Builder stream(String actionName, ActionOptions options, StreamHandler handler) {
      return action(actionName, options.toBuilder().stream(true).build(), handler);
    }

    /**
     * Adds an action with options.
     *
     * @throws RunarException {@code INVALID_INPUT} if they say stream and the handler answers once
     */
    public Builder action(String actionName, ActionOptions options, ActionHandler handler) {
      if (options.stream() && !(handler instanceof StreamHandler)) {
        throw new RunarException(
            RunarException.Code.INVALID_INPUT,
            "action "
                + path
                + "/"
                + actionName
                + " says stream, but its handler answers with one result: add it by stream(…)");
      }
      refuseSecond(
          actions.putIfAbsent(actionName, new Action(options, handler)), "action " + actionName);
      return this;
    }

    /** Adds an event handler; a second one of the same pattern is refused. */
    public Builder on(String pattern, EventHandler handler) {
      return on(pattern, SubscribeOptions.DEFAULT, handler);
    }

    /** Adds an event handler with options. */
    public Builder on(String pattern, SubscribeOptions options, EventHandler handler) {
      refuseSecond(
          events.putIfAbsent(pattern, new Listener(options, handler)), "event handler " + pattern);
      return this;
    }

    /** Adds a raw WebSocket endpoint at a URL path such as {@code /live}. */
    public Builder socket(String urlPath, SocketHandler handler) {
      refuseSecond(sockets.putIfAbsent(urlPath, handler), "socket " + urlPath);
      return this;
    }

    /**
     * Declares a topic that the service writes on, so that clients find it while the service runs,
     * whether or not somebody subscribes.
     *
     * @param topic whole, not relative to the service
     * @param sentence what it is, or empty
     */
    public Builder topic(String topic, String sentence) {
      refuseSecond(topics.putIfAbsent(topic, sentence), "topic " + topic);
      return this;
    }

    /**
     * Services that must run before this one starts: their paths, with versions if it matters, as
     * in {@code auth@^2}.
     */
    public Builder dependsOn(String... services) {
      dependsOn = List.of(services);
      return this;
    }

    public Builder lifecycle(Lifecycle newLifecycle) {
      lifecycle = newLifecycle;
      return this;
    }

    public Service build() {
      return new Service(
          path,
          name,
          version,
          description,
          networkId,
          actions,
          events,
          sockets,
          topics,
          dependsOn,
          lifecycle);
    }

    private void refuseSecond(@org.jspecify.annotations.Nullable Object previous, String what) {
      if (previous != null) {
        throw new RunarException(
            RunarException.Code.DUPLICATE,
            "service " + path + " has two definitions of " + what + "; remove or rename one");
      }
    }
  }
}
