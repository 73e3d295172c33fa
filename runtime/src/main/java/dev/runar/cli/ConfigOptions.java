package dev.runar.cli;

import dev.runar.NodeConfig;
import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which configuration a command's scripts have, and what they may reach beside it. */
final class ConfigOptions {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration; runar.yaml beside the script by default.")
  private @Nullable Path config;

  @Option(
      names = "--allow-net",
      split = ",",
      paramLabel = "HOST",
      description = "A host that scripts may connect to: api.example.com, *.example.com:443, *.")
  private List<String> net = List.of();

  @Option(
      names = "--allow-read",
      split = ",",
      paramLabel = "PATH",
      description = "A file or folder that scripts may read beside their own project.")
  private List<String> read = List.of();

  @Option(
      names = "--allow-env",
      split = ",",
      paramLabel = "NAME",
      description = "An environment variable that scripts see: HOME, APP_*, *.")
  private List<String> env = List.of();

  @Option(
      names = "--allow-java",
      split = ",",
      paramLabel = "CLASS",
      description = "A Java class that Java.type finds: com.acme.Prices, com.acme.*.")
  private List<String> java = List.of();

  /**
   * Defaults, then the file, then what the flags allow.
   *
   * @param script the one that the configuration lies beside
   * @throws RunarException {@code CONFIG}
   */
  NodeConfig configuration(Path script, ConfigSource source) {
    NodeConfig result = NodeConfig.DEFAULT;
    Path beside = script.resolveSibling("runar.yaml");
    if (config != null) {
      if (!Files.isRegularFile(config)) {
        throw new RunarException(Code.CONFIG, "there is no configuration file " + config);
      }
      result = source.load(config);
    } else if (Files.isRegularFile(beside)) {
      result = source.load(beside);
    }
    return result.withPermissions(result.permissions().and(granted()));
  }

  /** A path on the command line means the working folder. */
  private Permissions granted() {
    List<String> paths =
        read.stream()
            .map(path -> path.equals("*") ? path : Path.of(path).toAbsolutePath().toString())
            .toList();
    try {
      return new Permissions(net, paths, env, java);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--allow-" + e.getMessage(), e);
    }
  }
}
