package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Tools;
import dev.runar.cli.control.ControlFolder;
import dev.runar.cli.control.ControlServer;
import dev.runar.cli.control.NodeInfo;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Hosts a script in this process until its node is stopped or the process is asked to end. */
final class Hosting {
  /** What a stop may take beyond {@code drainTimeout}. */
  private static final Duration STOP_MARGIN = Duration.ofSeconds(5);

  /** Clients, webhooks and scripts may each take that time, one after the other. */
  private static final int DRAINS = 3;

  private final Surroundings surroundings;
  private final Output output;

  /** How the script comes into the node. */
  interface Beginning {
    /**
     * Returns when the node is ready, or the process was asked to end.
     *
     * @param asked completes when the process is asked to end
     * @return what is to be ended with the node
     */
    Runnable begin(Node node, Path script, CompletableFuture<@Nullable Void> asked)
        throws InterruptedException;
  }

  Hosting(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  int host(Path file, RunOptions options, Beginning beginning) throws InterruptedException {
    Path script = ScriptFile.check(file);
    NodeConfig config = options.configuration(script, surroundings.configs());
    return host(new Hosted(options.name(), script, config, options.tools()), beginning);
  }

  /** Hosts a node without a script. */
  int hostBroker(NodeConfig config, String name) throws InterruptedException {
    return host(
        new Hosted(name, Path.of("broker"), config, Tools.NONE),
        (node, script, asked) -> {
          await(CompletableFuture.anyOf(asked, node.start()), node);
          return () -> {};
        });
  }

  /** What is hosted. */
  private record Hosted(String name, Path script, NodeConfig config, Tools tools) {}

  private int host(Hosted hosted, Beginning beginning) throws InterruptedException {
    surroundings.log().accept(hosted.config().logging().level(), surroundings.terminal());
    ControlFolder folder = surroundings.folder().get();
    String name = hosted.name();
    if (!name.equals(RunOptions.processId())) {
      folder.checkFree(name);
    }
    var asked = new CompletableFuture<@Nullable Void>();
    surroundings.signals().listen(() -> asked.complete(null));
    Node node = surroundings.nodes().apply(hosted.config(), hosted.tools());
    Path script = hosted.script();
    Runnable end = () -> {};
    try {
      end = beginning.begin(node, script, asked);
      if (!asked.isDone() && !isEnding(node)) {
        serve(node, folder, new NodeInfo(name, pid(), script.toString(), Node.version()), asked);
      }
    } finally {
      end.run();
      stop(node);
    }
    return node.exitCode().orElse(ExitCode.OK.number());
  }

  /** A script has stopped it, by {@code node.stop()} or {@code process.exit()}. */
  private static boolean isEnding(Node node) {
    return node.state() == Node.State.STOPPING || node.state() == Node.State.STOPPED;
  }

  /** Loads the script and starts the node if the script did not; ends early when asked to. */
  static void start(Node node, Path script, CompletableFuture<@Nullable Void> asked)
      throws InterruptedException {
    await(
        CompletableFuture.anyOf(asked, node.addScript(script).thenCompose(loaded -> begun(node))),
        node);
  }

  /** A script may have stopped the node by then, or does so meanwhile. */
  private static CompletableFuture<Void> begun(Node node) {
    return isEnding(node)
        ? CompletableFuture.completedFuture(null)
        : node.start()
            .exceptionallyCompose(
                error ->
                    isEnding(node)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(error));
  }

  private static void await(CompletableFuture<?> begun, Node node) throws InterruptedException {
    try {
      begun.get();
    } catch (ExecutionException e) {
      RunarException cause = e.getCause() instanceof RunarException known ? known : null;
      if (cause == null || !hasExited(node, cause)) {
        throw cause == null ? new CompletionException(e) : cause;
      }
    }
  }

  /** The script has called {@code process.exit}, which ends what it does. */
  private static boolean hasExited(Node node, RunarException failure) {
    return failure.code() == Code.CONTEXT_GONE && isEnding(node) && node.exitCode().isPresent();
  }

  private void serve(
      Node node, ControlFolder folder, NodeInfo info, CompletableFuture<@Nullable Void> asked)
      throws InterruptedException {
    ControlServer control = openControl(folder, info, node);
    surroundings.init().ready(urls(node, " "));
    try (var _ = LifeSigns.begin(node, surroundings.init())) {
      announce(node, info);
      awaitStop(node, asked);
      surroundings.init().stopping(patience(node.config()));
      stop(node); // before the control socket closes: what is under way still gets its answer
    } finally {
      if (control != null) {
        control.close();
      }
    }
  }

  /** A node without a control socket still serves, as in a container that cannot be written to. */
  private @Nullable ControlServer openControl(ControlFolder folder, NodeInfo info, Node node) {
    try {
      return ControlServer.open(folder, info, node);
    } catch (RunarException e) {
      if (e.code() == Code.CONFIG) {
        throw e;
      }
      output.remark(
          "runar: commands such as call and tail cannot reach this node: " + e.getMessage());
      return null;
    }
  }

  private void announce(Node node, NodeInfo info) {
    long millis = sinceProcessStart();
    List<ServiceList.Row> services;
    try {
      services = ServiceList.ofUser(node.request(ServiceList.PATH, Payload.of(null)).join());
    } catch (CompletionException e) {
      if (isEnding(node)) { // a script has stopped it meanwhile
        return;
      }
      throw e;
    }
    if (output.isJson()) {
      output.json(
          Payload.object(
                  "ready", true,
                  "ms", millis,
                  "node", info.asMap(),
                  "urls", node.urls().stream().map(Object::toString).toList(),
                  "services", services.stream().map(ServiceList.Row::path).toList())
              .value());
      return;
    }
    String urls = node.urls().isEmpty() ? "" : "  " + urls(node, "  ");
    String names = services.stream().map(ServiceList.Row::name).collect(Collectors.joining(", "));
    output.line(
        "runar ready in " + millis + " ms" + urls + (names.isEmpty() ? "" : "  (" + names + ")"));
  }

  private static String urls(Node node, String between) {
    return node.urls().stream().map(Object::toString).collect(Collectors.joining(between));
  }

  /** Until the process is asked to end, or a script has stopped the node. */
  private static void awaitStop(Node node, CompletableFuture<@Nullable Void> asked)
      throws InterruptedException {
    try {
      CompletableFuture.anyOf(asked, node.stopped()).get();
    } catch (ExecutionException e) {
      throw new CompletionException(e); // neither of them fails
    }
  }

  /** How long a stop may take. */
  private static Duration patience(NodeConfig config) {
    return config
        .drainTimeout()
        .multipliedBy(DRAINS)
        .plus(config.server().drainDelay())
        .plus(STOP_MARGIN);
  }

  private static void stop(Node node) throws InterruptedException {
    Duration patience = patience(node.config());
    if (isEnding(node)) { // by a script, which may end what it has begun
      patience = patience.plus(node.config().drainTimeout());
    }
    try {
      node.stop().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RunarException(
          Code.TIMEOUT, "the node did not stop within " + patience.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RunarException cause ? cause : new CompletionException(e);
    }
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private static long sinceProcessStart() {
    return ManagementFactory.getRuntimeMXBean().getUptime();
  }
}
