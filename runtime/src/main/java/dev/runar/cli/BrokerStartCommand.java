package dev.runar.cli;

import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code runar broker start}: a node without a script, until the process is asked to end. */
@Command(
    name = "start",
    header = "Runs the broker until it is stopped.",
    footer = {
      "",
      "The apps come from runar.yaml in the working folder, or from the environment: REVERB_APP_ID,"
          + " REVERB_APP_KEY, REVERB_APP_SECRET. Flags win over the environment, that over the"
          + " file.",
      "",
      "Examples:",
      "  REVERB_APP_ID=1 REVERB_APP_KEY=key REVERB_APP_SECRET=secret runar broker start",
      "  runar broker start --host 0.0.0.0 --port 8080 --path /realtime --debug"
    })
final class BrokerStartCommand implements Callable<Integer> {
  /** As Reverb's. */
  private static final int DEFAULT_PORT = 8080;

  private final Hosting hosting;
  private final Surroundings surroundings;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec command;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "The address to bind, 127.0.0.1 by default: only this machine.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port to listen on, 8080 by default; 0: any free one.")
  private @Nullable Integer port;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = "What goes before /app/{key} and /apps/{id}, such as /realtime.")
  private @Nullable String path;

  @Option(names = "--debug", description = "Logs what clients and servers do.")
  private boolean debug;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What --node of other commands selects this node by; its process id otherwise.")
  private @Nullable String name;

  @Mixin private final ConfigOptions configOptions = new ConfigOptions();

  BrokerStartCommand(Hosting hosting, Surroundings surroundings) {
    this.hosting = hosting;
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    return hosting.hostBroker(configuration(), name == null ? RunOptions.processId() : name);
  }

  private NodeConfig configuration() {
    if (port != null && (port < 0 || port > PortChoice.MAX)) {
      throw new ParameterException(
          command.commandLine(), "--port is " + port + "; it must be from 0 to 65535");
    }
    var flags = new HashMap<String, String>();
    if (host != null) {
      flags.put("server.host", host);
    }
    if (port != null) {
      flags.put("server.port", port.toString());
    }
    if (path != null) {
      flags.put("server.pusher.path", path);
    }
    if (debug) {
      flags.put("logging.level", "debug");
    }
    NodeConfig config =
        configOptions.configuration(Path.of("broker"), surroundings.configs(), flags).config();
    if (config.apps().isEmpty() && config.server().pusher().database().url().isEmpty()) {
      throw new RunarException(
          Code.CONFIG,
          "there is no app; name one under apps: in runar.yaml, or set REVERB_APP_ID,"
              + " REVERB_APP_KEY and REVERB_APP_SECRET, or server.pusher.database.url");
    }
    return config.server().port().number().isPresent()
        ? config
        : config.withServer(config.server().withPort(DEFAULT_PORT));
  }
}
