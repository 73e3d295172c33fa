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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes nodes. Found by {@link ServiceLoader}; stateless, any thread. */
public interface NodeProvider {
  /** The one provider of this JVM's class path. */
  static NodeProvider instance() {
    return ServiceLoader.load(NodeProvider.class, NodeProvider.class.getClassLoader())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no NodeProvider on the class path"));
  }

  /**
   * What a node is made with beside its configuration.
   *
   * @param authorizer decides what the clients of its port may do
   * @param tools what is attached to its scripts
   * @param identifier says who its HTTP clients are; empty: scripts may
   * @param middleware what stands around it, outermost first
   * @param telemetry hears of what is under way
   * @param metrics is told what it does
   * @param console takes what its scripts write
   * @param apps of the Pusher dialect; empty: there are none
   * @param store keeps what waits for clients; empty: the configuration says where
   */
  record Parts(
      Authorizer authorizer,
      Tools tools,
      Optional<Identifier> identifier,
      List<Middleware> middleware,
      Telemetry telemetry,
      Metrics metrics,
      ScriptConsole console,
      Optional<AppStore> apps,
      Optional<Store> store) {
    public Parts {
      middleware = List.copyOf(middleware);
    }
  }

  /** A node that is not started yet. */
  Node create(NodeConfig config, Parts parts);

  /**
   * Reads configuration.
   *
   * @throws RunarException {@code CONFIG}, naming the source and the key or the place in it
   */
  Configuration load(Configuration.Sources sources);

  /**
   * Surveys a script and all that it imports, without running anything.
   *
   * @param granted what it may reach
   * @throws RunarException {@code SCRIPT} when there is no such file
   */
  Survey survey(Path entry, Permissions granted);

  /**
   * What a program in JavaScript says of itself when it asks for a node. Immutable; any thread.
   *
   * @param pid its process id
   * @param script its file, if it has one
   * @param environment what of its environment is meant for a node, as it is now
   */
  record Program(long pid, Optional<String> script, Map<String, String> environment) {
    /** One that has said nothing. */
    public static final Program UNKNOWN = new Program(0, Optional.empty(), Map.of());

    public Program {
      environment = Map.copyOf(environment);
    }

    /** Where its file is; null: it has none. */
    public @Nullable Path folder() {
      return script.map(file -> Path.of(file).toAbsolutePath().getParent()).orElse(null);
    }
  }

  /**
   * A node that a program has started. Immutable; any thread.
   *
   * @param node is ready
   * @param program whose node it is
   */
  record Started(Node node, Program program) {}

  /** A node whose services live in JavaScript on the other side of a link. Any thread. */
  interface Linked {
    /**
     * A line for the output of the other side. Never blocks.
     *
     * @return {@code FULL}: it is counted, and told with the next; {@code CLOSED}: nobody gets it
     */
    Delivery log(String level, String logger, String message);

    /** Completes when the link is over, with the reason; never fails. */
    CompletableFuture<String> ended();

    /**
     * Completes when the other side has started its node, before it is told so, even if a service
     * of it has failed to start; never, if it does not.
     */
    CompletableFuture<Started> started();

    /**
     * Stops the node, if the other side has made it; the link stays. What goes wrong is in the
     * future, and nothing is thrown.
     */
    CompletableFuture<Void> stopNode();

    /** Ends the link: the other side is told why. Repeatable. */
    void close(String why);
  }

  /**
   * A node for JavaScript that speaks docs/link.md on two streams.
   *
   * @param config what the JavaScript may fill in; asked for once, at the first use
   */
  Linked link(Function<Program, NodeConfig> config, Parts parts, InputStream in, OutputStream out);

  /**
   * Nodes for the JavaScript of this very process, each thread of which has a link of the addon.
   * Returns when the process ends; until then the calling thread, which must be the one that the
   * addon has called, serves all of them.
   *
   * @param config what the JavaScript may fill in; asked for once for each node, at its first use
   * @param opened is told of each link before what its program says is read; its node is made
   *     later, or never; on any thread, must not block
   */
  void serve(Function<Program, NodeConfig> config, Parts parts, Consumer<Linked> opened);
}
