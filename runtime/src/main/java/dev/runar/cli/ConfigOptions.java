package dev.runar.cli;

import dev.runar.Configuration;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One key of the configuration, such as limits.contexts=10; repeatable.")
  private Map<String, String> set = Map.of();

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
   * Defaults, then the file, then the environment, then the flags.
   *
   * @param script the one that the configuration lies beside
   * @throws RunarException {@code CONFIG}
   */
  NodeConfig configuration(Path script, ConfigSource source) {
    return configuration(script, source, Map.of()).config();
  }

  /**
   * The same, with where each value comes from.
   *
   * @param flags values by key of flags that {@code --set} is not
   */
  Configuration configuration(Path script, ConfigSource source, Map<String, String> flags) {
    Path beside = script.resolveSibling("runar.yaml");
    if (config != null && !Files.isRegularFile(config)) {
      throw new RunarException(Code.CONFIG, "there is no configuration file " + config);
    }
    Optional<Path> file = Optional.ofNullable(config);
    if (config == null && Files.isRegularFile(beside)) {
      file = Optional.of(beside);
    }
    var values = new HashMap<>(set);
    values.putAll(flags);
    return granting(source.load(file, values));
  }

  /** What the flags allow comes to what is allowed otherwise. */
  private Configuration granting(Configuration loaded) {
    Permissions granted = granted();
    NodeConfig config = loaded.config();
    Permissions all = config.permissions().and(granted);
    Configuration result = new Configuration(config.withPermissions(all), loaded.settings());
    result = granting(result, "net", granted.net(), all.net());
    result = granting(result, "read", granted.read(), all.read());
    result = granting(result, "env", granted.env(), all.env());
    return granting(result, "java", granted.java(), all.java());
  }

  private static Configuration granting(
      Configuration loaded, String name, List<String> granted, List<String> all) {
    String key = "permissions." + name;
    return granted.isEmpty()
        ? loaded
        : loaded.with(
            loaded.config(), key, Payload.of(all).text(), origin(loaded, key) + "command line");
  }

  private static String origin(Configuration loaded, String key) {
    return loaded.settings().stream()
        .filter(setting -> setting.key().equals(key) && !setting.origin().equals("default"))
        .map(setting -> setting.origin() + ", ")
        .findFirst()
        .orElse("");
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
