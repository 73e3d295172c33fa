package dev.runar.cli;

import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.Tools;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * What {@code run} can be told: flags win over the configuration file, which wins over defaults.
 */
final class RunOptions {
  private static final int DEFAULT_PORT = 3000;
  private static final List<String> LEVELS = NodeConfig.Logging.LEVELS;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port to listen on, 3000 by default; 0: any free one; -1: none.")
  private @Nullable Integer port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "The address to bind, 127.0.0.1 by default: only this machine.")
  private @Nullable String host;

  @Mixin private final ConfigOptions configOptions = new ConfigOptions();

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "One of error, warn, info, debug, trace, off.")
  private @Nullable String logLevel;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What --node of other commands selects this node by; its process id otherwise.")
  private @Nullable String name;

  @ArgGroup(exclusive = true)
  private @Nullable Inspect inspect;

  @Option(
      names = "--cpu-profile",
      paramLabel = "FILE",
      description =
          "Writes where the scripts spent their time, as .cpuprofile, when the node stops.")
  private @Nullable Path cpuProfile;

  /** The two ways to attach a debugger. */
  private static final class Inspect {
    static final String DEFAULT_PORT = "9229";

    @Option(
        names = "--inspect",
        paramLabel = "PORT",
        arity = "0..1",
        fallbackValue = DEFAULT_PORT,
        description = "Lets a debugger of the Chrome DevTools attach, at port 9229 by default.")
    private @Nullable Integer port;

    @Option(
        names = "--inspect-brk",
        paramLabel = "PORT",
        arity = "0..1",
        fallbackValue = DEFAULT_PORT,
        description = "The same, and waits for it before the first line.")
    private @Nullable Integer breakPort;
  }

  /**
   * What is attached to the scripts.
   *
   * @throws ParameterException for a port that is none
   */
  Tools tools() {
    Tools tools = Tools.NONE;
    if (inspect != null && inspect.port != null) {
      tools = tools.withInspector(checkedInspectPort(inspect.port), false);
    } else if (inspect != null && inspect.breakPort != null) {
      tools = tools.withInspector(checkedInspectPort(inspect.breakPort), true);
    }
    return cpuProfile == null ? tools : tools.withCpuProfile(cpuProfile);
  }

  private int checkedInspectPort(int inspectPort) {
    if (inspectPort < 0 || inspectPort > PortChoice.MAX) {
      throw new ParameterException(
          command.commandLine(),
          "the port of the debugger is " + inspectPort + "; it must be from 0 to 65535");
    }
    return inspectPort;
  }

  /** The port of {@code run} when nobody says another. */
  static int defaultPort() {
    return DEFAULT_PORT;
  }

  static String processId() {
    return Long.toString(ProcessHandle.current().pid());
  }

  String name() {
    return name == null ? processId() : name;
  }

  /**
   * Defaults, then the file, then the environment, then the flags.
   *
   * @throws RunarException {@code CONFIG}
   */
  NodeConfig configuration(Path script, ConfigSource source) {
    checkFlags();
    var flags = new HashMap<String, String>();
    if (port != null) {
      flags.put("server.port", port.toString());
    }
    if (host != null) {
      flags.put("server.host", host);
    }
    if (logLevel != null) {
      flags.put("logging.level", logLevel);
    }
    return withPort(configOptions.configuration(script, source, flags).config());
  }

  /** A node that is embedded opens no port by itself; one that is run does. */
  static NodeConfig withPort(NodeConfig config) {
    return config.server().port() instanceof PortChoice.OfScript
        ? config.withServer(
            config.server().withPort(new PortChoice.OfScript(OptionalInt.of(DEFAULT_PORT))))
        : config;
  }

  private void checkFlags() {
    if (port != null && (port < -1 || port > PortChoice.MAX)) {
      throw new ParameterException(
          command.commandLine(), "--port is " + port + "; it must be from -1 to 65535");
    }
    if (logLevel != null && !LEVELS.contains(logLevel)) {
      throw new ParameterException(
          command.commandLine(),
          "--log-level is one of " + String.join(", ", LEVELS) + Suggestions.ask(logLevel, LEVELS));
    }
  }
}
