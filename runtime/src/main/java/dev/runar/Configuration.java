package dev.runar;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration, and where each of its values comes from. Immutable.
 *
 * <pre>{@code
 * var sources = Configuration.Sources.NONE
 *     .withFile(Path.of("runar.yaml"))
 *     .withEnvironment(System.getenv());
 * Node node = Node.create(Configuration.load(sources).config());
 * }</pre>
 *
 * @param config what is in effect
 * @param settings all keys, in the order of docs/configuration.md
 */
public record Configuration(NodeConfig config, List<Setting> settings) {
  /** What stands in the place of a secret. */
  private static final String MASKED = "********";

  public Configuration {
    settings = List.copyOf(settings);
  }

  /**
   * One value.
   *
   * @param key such as {@code server.port}
   * @param value as a configuration file has it
   * @param origin {@code default}, a file, a variable of the environment, {@code command line}
   */
  public record Setting(String key, String value, String origin) {
    /** Whether the value is for nobody to see: its key ends in secret, password or token. */
    public boolean isSecret() {
      String name = key.toLowerCase(java.util.Locale.ROOT);
      return name.endsWith("secret") || name.endsWith("password") || name.endsWith("token");
    }

    /** The value, or stars in the place of a secret. */
    public String shown() {
      return isSecret() && !value.isEmpty() ? MASKED : value;
    }
  }

  /**
   * Where values are looked for. A flag wins over the environment, the environment over the file,
   * and the file over the defaults.
   *
   * @param file a {@code runar.yaml}
   * @param environment variables such as {@code RUNAR_SERVER_PORT}; of the others none is read
   * @param flags values by key, such as {@code server.port}
   */
  public record Sources(
      Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
    /** Nothing but the defaults. */
    public static final Sources NONE = new Sources(Optional.empty(), Map.of(), Map.of());

    public Sources {
      environment = Map.copyOf(environment);
      flags = Map.copyOf(flags);
    }

    public Sources withFile(Path newFile) {
      return new Sources(Optional.of(newFile), environment, flags);
    }

    public Sources withEnvironment(Map<String, String> newEnvironment) {
      return new Sources(file, newEnvironment, flags);
    }

    public Sources withFlags(Map<String, String> newFlags) {
      return new Sources(file, environment, newFlags);
    }
  }

  /**
   * Reads all sources.
   *
   * @throws RunarException {@code CONFIG}: an unknown key, with the one that was probably meant, or
   *     a wrong value; names the source and the key
   */
  public static Configuration load(Sources sources) {
    return NodeProvider.instance().load(sources);
  }

  /**
   * The same with one value changed.
   *
   * @param key whose value it is
   */
  public Configuration with(NodeConfig newConfig, String key, String value, String origin) {
    var changed = new ArrayList<>(settings);
    changed.replaceAll(
        setting -> setting.key.equals(key) ? new Setting(key, value, origin) : setting);
    return new Configuration(newConfig, changed);
  }
}
