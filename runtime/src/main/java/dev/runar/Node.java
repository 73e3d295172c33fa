package dev.runar;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Hosts services, routes requests and events between them, and serves clients on one port. Any
 * thread may call any method; several nodes may live in one JVM.
 *
 * <p>A dependent of a returned future runs on the thread that completes it, which may be the owner
 * thread of a script: keep it short, or use the {@code …Async} variants.
 *
 * <pre>{@code
 * try (Node node = Node.builder().port(0).start()) {
 *   node.addScript(Path.of("app.ts")).join();
 *   int sum = node.request("math/add", Payload.object("a", 5, "b", 3)).join().asInt();
 * }
 * }</pre>
 */
public interface Node extends Messaging, AutoCloseable {

  /** Starts a configuration in code. */
  static NodeBuilder builder() {
    return new NodeBuilder(NodeConfig.DEFAULT);
  }

  /** A node that is not started yet. */
  static Node create(NodeConfig config) {
    return builder().config(config).build();
  }

  /** The version of this build of Runar, such as {@code 0.1.0}. Starts nothing. */
  static String version() {
    try (InputStream in = Node.class.getResourceAsStream("version.properties")) {
      var properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read version.properties", e);
    }
  }

  /** The states of a node. */
  enum State {
    CREATED,
    STARTING,
    RUNNING,
    STOPPING,
    STOPPED
  }

  State state();

  NodeConfig config();

  /**
   * Starts the services that were added, runs the self-test of the callback path, opens the port.
   * Completes when the node is ready; repeatable.
   *
   * @throws RunarException in the future: {@code CONFIG} for a port in use, {@code SHUTDOWN} when
   *     the node was stopped before
   */
  CompletableFuture<Void> start();

  /** Where clients reach the node; empty until it is ready or when it has no port. */
  List<URI> urls();

  /**
   * Adds a service. It is initialised at once, and started when the node runs.
   *
   * @throws RunarException in the future: {@code DUPLICATE}, {@code INVALID_PATH}, or what {@code
   *     init} threw
   */
  CompletableFuture<Void> addService(Service service);

  /** Stops and removes a service. */
  CompletableFuture<Void> removeService(String path);

  /**
   * Loads a script into a context of its own. Completes when its top level has run, including a
   * top-level await, and the services that it added there are initialised, awaited or not; if the
   * node runs, they answer.
   *
   * @throws RunarException in the future: {@code SCRIPT}, with file, line and column; the error of
   *     a service that could not be added, if the script has not handled it; nothing of the script
   *     stays then
   */
  CompletableFuture<Void> addScript(Path entry);

  /**
   * As {@link #addScript(Path)}, with permissions of its own.
   *
   * @param permissions what this script may reach beside what the configuration grants to all
   */
  CompletableFuture<Void> addScript(Path entry, Permissions permissions);

  /**
   * Opens a shell: a script context for somebody who types. It is under the permissions and limits
   * of the node's scripts, and ends with the node.
   *
   * @param output takes what the shell writes to its console, on the shell's thread: it must not
   *     block
   * @throws RunarException in the future: {@code OVERLOADED} when there are too many
   */
  CompletableFuture<Shell> openShell(Consumer<String> output);

  /**
   * Loads a script anew, from the files as they are now. The one that runs goes on until the new
   * one has loaded, and then hands everything over: callbacks that wait run in the new one, each
   * once and in order, clients stay connected, and what a service's {@code state.save} returns is
   * given to its {@code state.restore}. If the new one does not load or start, the old one goes on.
   *
   * <p>Of reloads that are asked for while one is under way only the newest is done; the futures of
   * the others complete as that one does.
   *
   * @param entry as it was given to {@link #addScript(Path)}
   * @throws RunarException in the future: {@code NOT_FOUND} when no such script runs, else why the
   *     old one goes on, as for {@link #addScript(Path)}
   */
  CompletableFuture<Reload> reload(Path entry);

  /**
   * The files that the last load of a script has read or wanted to read, even if it failed: what a
   * change of is worth a {@link #reload}. Empty for a script that was never added.
   */
  Set<Path> filesOf(Path entry);

  /**
   * A client of a service: calls of the interface are requests, and misuse of it is refused here.
   *
   * <pre>{@code
   * @ServicePath("math")
   * interface MathApi {
   *   int add(int a, int b);
   *   CompletableFuture<Total> total(Order order);
   * }
   * int sum = node.client(MathApi.class).add(5, 3);
   * }</pre>
   *
   * Parameters are sent by name; a single record, map or other object is the whole input; {@link
   * RequestOptions} may come last. A parameter that is a {@link Flow.Publisher} is sent as items
   * beside the input. A method that returns a {@link Flow.Publisher} reads a stream, one that
   * returns neither it nor a future blocks: call it on a virtual thread or one of your own, never
   * where a future of the node completes. It throws the {@link RunarException} of the request.
   *
   * @param api an interface with {@code @ServicePath}
   * @throws IllegalArgumentException naming the method that cannot be a request, and why
   */
  <T> T client(Class<T> api);

  /** As {@link #client(Class)}, for the service at a path. */
  <T> T client(Class<T> api, String path);

  /** Subscribes; active when the call returns. Before or after {@link #start()}. */
  default Subscription subscribe(String pattern, EventHandler handler) {
    return subscribe(pattern, handler, SubscribeOptions.DEFAULT);
  }

  Subscription subscribe(String pattern, EventHandler handler, SubscribeOptions options);

  /** As {@link #subscribe(String, EventHandler)}, for events whose payload fits a class. */
  default <T> Subscription subscribe(String pattern, Class<T> type, EventHandler.Typed<T> handler) {
    return subscribe(pattern, EventHandler.of(type, handler));
  }

  /**
   * The next event that matches. Subscribed before the call returns, so that a publish that follows
   * at once is not missed.
   *
   * @throws RunarException in the future: {@code TIMEOUT}
   */
  CompletableFuture<Event> on(String pattern, Duration timeout, SubscribeOptions options);

  /** The payload of the next event that matches; {@code INVALID_INPUT} if it does not fit. */
  default <T> CompletableFuture<T> on(String pattern, Duration timeout, Class<T> type) {
    return TypedResult.of(
        "an event of " + pattern,
        () -> on(pattern, timeout, SubscribeOptions.DEFAULT),
        event -> event.payload().as(type));
  }

  /** Drops retained events whose topic matches; returns how many. */
  int clearRetained(String pattern);

  /**
   * Stops: no new work, running work is given {@code drainTimeout}, services stop in the reverse
   * order of their start, clients are closed with 1001. Repeatable.
   */
  CompletableFuture<Void> stop();

  /**
   * Completes when the node has stopped, whoever stopped it: this program, a script, or a start
   * that was given up. Never fails. Completing or cancelling the future does nothing to the node.
   */
  CompletableFuture<Void> stopped();

  /**
   * What a script wants its process to end with: it called {@code process.exit(code)}, which also
   * stops the node, or set {@code process.exitCode}. The node itself never ends the process.
   */
  default OptionalInt exitCode() {
    return OptionalInt.empty();
  }

  /** Stops and waits. */
  @Override
  default void close() {
    stop().join();
  }
}
