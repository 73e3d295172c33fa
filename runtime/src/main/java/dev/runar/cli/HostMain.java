package dev.runar.cli;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider.Program;
import dev.runar.cli.control.ControlFolder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the addon enters Java, in the process of Node.js or Bun: what {@code runar host} is for a
 * process of its own. {@link #run} is called once, on the thread that then is the pump.
 */
public final class HostMain {
  /** Variables that configure a node begin with it. */
  private static final String PREFIX = "RUNAR_";

  private HostMain() {}

  /** Returns when the process ends. */
  public static void run() {
    var lines = LinkLines.takeOver(); // before anything can write to streams that are not Java's
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("runar-lines-end").unstarted(lines::end));
    var control = LinkedControl.ofProcess(() -> ControlFolder.ofUser(System.getenv()));
    var nodes = LinkedNodes.ofProcess();
    Node.builder()
        .serve(
            program -> configuration(program, lines),
            opened -> {
              lines.to(opened);
              control.to(opened);
              nodes.to(opened);
            });
  }

  /** The log is one of the process: its level is that of the node that came last. */
  private static NodeConfig configuration(Program program, LinkLines lines) {
    Path script = Path.of(program.script().orElse("script")).toAbsolutePath();
    NodeConfig layers =
        new ConfigOptions()
            .configuration(
                script,
                (file, flags) ->
                    Configuration.load(
                        new Configuration.Sources(file, environment(program), flags)));
    NodeLog.install(layers.logging().level(), lines.terminal());
    return layers;
  }

  /** What the program has changed since Java began counts, and a worker has its own. */
  private static Map<String, String> environment(Program program) {
    var environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith(PREFIX));
    environment.putAll(program.environment());
    return environment;
  }
}
