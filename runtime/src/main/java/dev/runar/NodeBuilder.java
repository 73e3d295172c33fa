package dev.runar;

import dev.runar.HttpCall.Identifier;
import dev.runar.apps.AppStore;
import dev.runar.spi.Authorizer;
import dev.runar.spi.Metrics;
import dev.runar.spi.ScriptConsole;
import dev.runar.spi.Store;
import dev.runar.spi.Telemetry;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects a node's configuration in code. Not for use by several threads. */
public final class NodeBuilder {
  private NodeConfig config;
  private Authorizer authorizer = Authorizer.openToAll();
  private Tools tools = Tools.NONE;
  private final List<Middleware> middleware = new ArrayList<>();
  private Telemetry telemetry = Telemetry.NONE;
  private Metrics metrics = Metrics.NONE;
  private ScriptConsole console = ScriptConsole.standard();
  private @Nullable Identifier identifier;
  private @Nullable AppStore apps;
  private @Nullable Store store;

  NodeBuilder(NodeConfig config) {
    this.config = config;
  }

  /** Replaces every key that was set so far. */
  public NodeBuilder config(NodeConfig newConfig) {
    config = newConfig;
    return this;
  }

  public NodeBuilder networkId(String networkId) {
    config = config.withNetworkId(networkId);
    return this;
  }

  public NodeBuilder requestTimeout(Duration requestTimeout) {
    config = config.withRequestTimeout(requestTimeout);
    return this;
  }

  /**
   * The port to listen on; 0: any free one; -1: none. Without this call the node opens the port
   * that a script names, if one does.
   */
  public NodeBuilder port(int port) {
    config = config.withServer(config.server().withPort(port));
    return this;
  }

  /**
   * Who decides what the clients of the port may do; {@link Authorizer#openToAll()} without this
   * call.
   */
  public NodeBuilder authorizer(Authorizer newAuthorizer) {
    authorizer = newAuthorizer;
    return this;
  }

  /**
   * Who says who an HTTP client is, from its cookies and tokens; everybody is anonymous without
   * this call. Goes before what a script says by {@code node.identify}.
   */
  public NodeBuilder identify(Identifier newIdentifier) {
    identifier = newIdentifier;
    return this;
  }

  /**
   * The apps of the Pusher dialect that the program knows. They are asked for before those of the
   * configuration; without either the dialect is not spoken.
   */
  public NodeBuilder apps(AppStore newApps) {
    apps = newApps;
    return this;
  }

  /**
   * Where offline queues and the history of durable channels are kept, in place of the log that
   * {@code offline.path} names, or of memory. It must be empty or what a node has left behind. The
   * node closes it when it stops; one that opens no port does not touch it.
   */
  public NodeBuilder store(Store newStore) {
    store = newStore;
    return this;
  }

  /** A debugger or a profiler for the node's scripts; none without this call. */
  public NodeBuilder tools(Tools newTools) {
    tools = newTools;
    return this;
  }

  /** Puts something around the whole node, inside what was put there before. */
  public NodeBuilder use(Middleware newMiddleware) {
    middleware.add(newMiddleware);
    return this;
  }

  /** Who measures the node; nobody without this call. */
  public NodeBuilder metrics(Metrics newMetrics) {
    metrics = newMetrics;
    return this;
  }

  /** Who hears of requests and events as spans; nobody without this call. */
  public NodeBuilder telemetry(Telemetry newTelemetry) {
    telemetry = newTelemetry;
    return this;
  }

  /** Where the consoles of scripts go; the streams of this process without this call. */
  public NodeBuilder console(ScriptConsole newConsole) {
    console = newConsole;
    return this;
  }

  /** A node that is not started yet. */
  public Node build() {
    return NodeProvider.instance().create(config, parts());
  }

  /**
   * A node for JavaScript of another process, which speaks docs/link.md on two streams.
   *
   * @param layers the configuration that it may fill in, in place of that of this builder; asked
   *     for once, at the first use
   */
  public NodeProvider.Linked link(
      Function<NodeProvider.Program, NodeConfig> layers, InputStream in, OutputStream out) {
    return NodeProvider.instance().link(layers, parts(), in, out);
  }

  /**
   * Nodes for the JavaScript of this very process: see {@link NodeProvider#serve}. For the main
   * class that the addon calls.
   *
   * @param layers as of {@link #link}
   * @param opened is told of each link
   */
  public void serve(
      Function<NodeProvider.Program, NodeConfig> layers, Consumer<NodeProvider.Linked> opened) {
    NodeProvider.instance().serve(layers, parts(), opened);
  }

  private NodeProvider.Parts parts() {
    return new NodeProvider.Parts(
        authorizer,
        tools,
        Optional.ofNullable(identifier),
        middleware,
        telemetry,
        metrics,
        console,
        Optional.ofNullable(apps),
        Optional.ofNullable(store));
  }

  /** A node that is ready. Blocks. */
  public Node start() {
    Node node = build();
    try {
      node.start().join();
    } catch (java.util.concurrent.CompletionException e) {
      node.close();
      if (e.getCause() instanceof RunarException cause) {
        throw cause;
      }
      throw e;
    }
    return node;
  }
}
