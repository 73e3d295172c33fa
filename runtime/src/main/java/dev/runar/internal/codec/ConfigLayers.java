package dev.runar.internal.codec;

import dev.runar.Configuration;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts file, environment and flags over the defaults; SmallRye Config decides which value counts
 * and how a variable is spelled. Stateless.
 */
public final class ConfigLayers {
  private static final String FILE = "file";
  private static final String REVERB = "reverb";
  private static final String ENVIRONMENT = "environment";
  private static final String FLAGS = "flags";

  /** Of what starts a node, not of the node. */
  private static final Set<String> LAUNCHERS =
      Set.of("RUNAR_ADDON", "RUNAR_HOME", "RUNAR_JAVA_HOME", "RUNAR_JAVA_OPTS", "RUNAR_TRANSPORT");

  /** Kubernetes sets these for a service that is called runar. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile("RUNAR_(SERVICE_(HOST|PORT)(_.*)?|PORT(_\\d+_(TCP|UDP|SCTP)(_.*)?)?)");

  private ConfigLayers() {}

  /**
   * Reads all sources.
   *
   * @throws RunarException {@code CONFIG}
   */
  public static Configuration load(Configuration.Sources sources) {
    List<ConfigKey> keys = ConfigKey.all();
    Map<String, String> variables = known(sources.environment(), keys);
    Map<String, String> flags = flags(sources.flags(), keys);
    Map<String, String> file =
        sources.file().map(path -> file(path, keys)).orElse(Map.of()); // checked by itself first
    var reverb = reverb(sources, keys, file);
    if (file.isEmpty() && reverb.values().isEmpty() && variables.isEmpty() && flags.isEmpty()) {
      return configuration(NodeConfig.DEFAULT, keys, Map.of());
    }
    SmallRyeConfig layers =
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(file, FILE, 200))
            .withSources(new PropertiesConfigSource(properties(reverb, keys), REVERB, 250))
            .withSources(new EnvConfigSource(variables, 300))
            .withSources(new PropertiesConfigSource(flags, FLAGS, 400))
            .build();
    var tree = new LinkedHashMap<String, Object>();
    var origins = new HashMap<String, String>();
    for (ConfigKey key : keys) {
      ConfigValue value = layers.getConfigValue(key.property());
      String text = value.getValue();
      if (text != null) {
        put(tree, key, key.value(text));
        origins.put(key.path(), origin(value, key, sources, reverb));
        if (value.getConfigSourceOrdinal() == 250) {
          reverb.origins().forEach(origins::putIfAbsent);
        }
      }
    }
    NodeConfig config = ConfigReader.read(tree, path -> origin(path, origins, "the configuration"));
    return configuration(config, keys, origins);
  }

  private static Configuration configuration(
      NodeConfig config, List<ConfigKey> keys, Map<String, String> origins) {
    var settings = new ArrayList<Configuration.Setting>();
    for (ConfigKey key : keys) {
      switch (key.path()) {
        case AppReader.KEY ->
            settings.addAll(
                ListedSettings.of(
                    AppReader.KEY, config.apps(), path -> origin(path, origins, "default")));
        case ChannelReader.KEY ->
            settings.addAll(
                ListedSettings.of(
                    ChannelReader.KEY,
                    config.channels(),
                    path -> origin(path, origins, "default")));
        default ->
            settings.add(
                new Configuration.Setting(
                    key.path(), key.textIn(config), origins.getOrDefault(key.path(), "default")));
      }
    }
    return new Configuration(config, settings);
  }

  /** Within an app or a rule it is that of the list, unless it is known better. */
  private static String origin(String path, Map<String, String> origins, String otherwise) {
    String known = origins.get(path);
    for (String list : List.of(AppReader.KEY, ChannelReader.KEY)) {
      if (known == null && path.startsWith(list + ".")) {
        known = origins.get(list);
      }
    }
    return known == null ? otherwise : known;
  }

  private static ReverbVariables reverb(
      Configuration.Sources sources, List<ConfigKey> keys, Map<String, String> file) {
    String listed =
        keys.stream()
            .filter(key -> key.path().equals(AppReader.KEY))
            .map(key -> file.get(key.property()))
            .filter(java.util.Objects::nonNull)
            .findFirst()
            .orElse(null);
    return new ReverbVariables(sources.environment(), listed);
  }

  private static Map<String, String> properties(ReverbVariables reverb, List<ConfigKey> keys) {
    Map<String, ConfigKey> byPath = byName(keys, ConfigKey::path);
    var properties = new HashMap<String, String>();
    reverb
        .values()
        .forEach(
            (path, value) ->
                properties.put(
                    java.util.Objects.requireNonNull(byPath.get(path)).property(), value));
    return properties;
  }

  private static String origin(
      ConfigValue value, ConfigKey key, Configuration.Sources sources, ReverbVariables reverb) {
    return switch (value.getConfigSourceOrdinal()) {
      case 200 -> sources.file().map(Path::toString).orElse(FILE);
      case 250 -> reverb.origins().getOrDefault(key.path(), REVERB);
      case 300 -> key.variable();
      default -> "command line";
    };
  }

  /** An empty text is a value: of a list, none. */
  private static Map<String, String> file(Path file, List<ConfigKey> keys) {
    Object tree = ConfigReader.fileTree(file);
    NodeConfig _ = ConfigReader.read(tree, path -> file.toString());
    var values = new HashMap<String, String>();
    for (ConfigKey key : keys) {
      Object value = at(tree, key.path());
      if (value != null) {
        values.put(key.property(), ConfigKey.text(value));
      }
    }
    return values;
  }

  private static @Nullable Object at(@Nullable Object tree, String path) {
    Object value = tree;
    for (String name : path.split("\\.", -1)) {
      value = value instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return value;
  }

  /** The node's own variables; one that it does not know is a mistake. */
  private static Map<String, String> known(Map<String, String> environment, List<ConfigKey> keys) {
    Map<String, ConfigKey> byVariable = byName(keys, ConfigKey::variable);
    var own = new HashMap<String, String>();
    environment.forEach(
        (name, value) -> {
          if (byVariable.containsKey(name)) {
            own.put(name, value);
          } else if (name.startsWith("RUNAR_")
              && !LAUNCHERS.contains(name)
              && !SERVICE_LINK.matcher(name).matches()) {
            throw unknown(ENVIRONMENT, "variable " + name, name, byVariable.keySet());
          }
        });
    return own;
  }

  private static Map<String, String> flags(Map<String, String> flags, List<ConfigKey> keys) {
    Map<String, ConfigKey> byPath = byName(keys, ConfigKey::path);
    var values = new HashMap<String, String>();
    flags.forEach(
        (path, value) -> {
          ConfigKey key = byPath.get(path);
          if (key == null) {
            throw unknown("command line", "key \"" + path + "\"", path, byPath.keySet());
          }
          values.put(key.property(), value);
        });
    return values;
  }

  private static Map<String, ConfigKey> byName(
      List<ConfigKey> keys, Function<ConfigKey, String> name) {
    return keys.stream().collect(Collectors.toMap(name, key -> key));
  }

  private static RunarException unknown(
      String source, String what, String name, Set<String> known) {
    String hint =
        ConfigReader.nearest(name, known).map(found -> "; did you mean " + found + "?").orElse("");
    return ConfigReader.wrong(
        source + ": unknown " + what + hint + " runar config print lists what there is");
  }

  @SuppressWarnings("unchecked") // made here, of maps only
  private static void put(Map<String, Object> tree, ConfigKey key, Object value) {
    String[] names = key.path().split("\\.", -1);
    Map<String, Object> parent = tree;
    for (int i = 0; i < names.length - 1; i++) {
      parent =
          (Map<String, Object>) parent.computeIfAbsent(names[i], name -> new LinkedHashMap<>());
    }
    parent.put(names[names.length - 1], value);
  }
}
