package dev.runar.cli;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.cli.control.ControlFolder;
import dev.runar.cli.control.ControlServer;
import dev.runar.cli.control.NodeInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Runs commands in this process, with their own streams and control folder. */
final class CliFixture implements AutoCloseable {
  final ControlFolder folder;
  final List<Runnable> signals = new ArrayList<>();
  private final List<ControlServer> servers = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  Function<NodeConfig, Node> nodes = InMemoryNode::new;
  boolean realNodes;
  ConfigSource configs =
      (file, flags) -> Configuration.load(Configuration.Sources.NONE.withFlags(flags));
  InitSystem init = InitSystem.NONE;
  String in = "";

  CliFixture(Path folder) {
    this.folder = ControlFolder.at(folder.resolve("runar"));
  }

  /** Opens a control socket for the node, as {@code run} does. */
  ControlServer serve(String name, Node node) {
    var server =
        ControlServer.open(
            folder, new NodeInfo(name, servers.size() + 7L, "app.ts", "0.1.0"), node);
    servers.add(server);
    return server;
  }

  /** Runs one command to its end. */
  Result run(String... arguments) {
    out.reset();
    err.reset();
    int exitCode = cli().run(arguments);
    return new Result(exitCode, out(), err());
  }

  /** Runs a command that ends later. */
  CompletableFuture<Integer> begin(String... arguments) {
    out.reset();
    err.reset();
    Cli cli = cli();
    return CompletableFuture.supplyAsync(
        () -> cli.run(arguments), work -> Thread.ofPlatform().daemon().start(work));
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Cli cli() {
    var terminal =
        new Terminal(
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Cli(
        new Surroundings(
            terminal,
            () -> folder,
            (config, tools) ->
                realNodes
                    ? Node.builder().config(config).tools(tools).build()
                    : nodes.apply(config),
            configs,
            signals::add,
            init,
            Node.builder()::link,
            (level, stream) -> {}));
  }

  @Override
  public void close() {
    servers.forEach(ControlServer::close);
  }

  /** What a command left behind. */
  record Result(int exitCode, String out, String err) {}
}
