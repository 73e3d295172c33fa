package dev.runar.internal.codec;

import dev.runar.NodeConfig;
import dev.runar.Permissions;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.Secret;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads configuration: the keys are the names of the records, an unknown one is an error that names
 * the nearest known one, durations are numbers of milliseconds. Stateless.
 */
public final class ConfigReader {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final String TRANSPORT = "transport";
  private static final List<String> TRANSPORTS = List.of("auto", "native", "process");

  private ConfigReader() {}

  /**
   * Reads a YAML or JSON file: what it says, by key; it is not checked yet.
   *
   * @throws RunarException {@code CONFIG}
   */
  static Object fileTree(Path file) {
    String text;
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw wrong(file + " is larger than 1 MiB");
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw new RunarException(Code.CONFIG, "cannot read " + file + ": " + e.getMessage(), e);
    }
    ObjectMapper yaml =
        YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try {
      Object tree = yaml.readValue(text, Object.class);
      return tree == null ? Map.of() : tree;
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new RunarException(
          Code.CONFIG,
          file + ":" + at.getLineNr() + ":" + at.getColumnNr() + ": " + e.getOriginalMessage(),
          e);
    }
  }

  /**
   * Reads the object given to {@code new Node({…})} over the defaults. Its key {@value #TRANSPORT}
   * is for programs in Node.js and Bun, which decide by it where to start a node.
   */
  public static NodeConfig readJson(String json, String source) {
    Object tree =
        new JsonPayloadCodec()
            .decode(
                dev.runar.Payload.Kind.JSON,
                json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return read(withoutTransport(tree, source), source);
  }

  private static @Nullable Object withoutTransport(@Nullable Object tree, String source) {
    if (!(tree instanceof Map<?, ?> keys) || !keys.containsKey(TRANSPORT)) {
      return tree;
    }
    if (!(keys.get(TRANSPORT) instanceof String word && TRANSPORTS.contains(word))) {
      throw wrong(
          source
              + ": the transport must be one of "
              + TRANSPORTS
              + ", it is "
              + keys.get(TRANSPORT));
    }
    var others = new LinkedHashMap<Object, Object>(keys);
    others.remove(TRANSPORT);
    return others;
  }

  /**
   * What the host left at its default is taken from {@code guest}.
   *
   * @throws RunarException {@code CONFIG} if the guest grants itself permissions
   */
  public static NodeConfig fill(NodeConfig host, NodeConfig guest) {
    if (!guest.permissions().equals(NodeConfig.DEFAULT.permissions())) {
      throw wrong(
          "permissions: a script cannot grant them to itself; who runs it does, by --allow-net and"
              + " its like, by runar.yaml, or in Java");
    }
    try {
      return (NodeConfig) fill(host, guest, NodeConfig.DEFAULT);
    } catch (IllegalArgumentException e) { // what each may say, but not together
      throw wrong("the script's configuration does not fit the host's: " + e.getMessage());
    }
  }

  private static NodeConfig read(@Nullable Object tree, String source) {
    return read(tree, key -> source);
  }

  /**
   * Reads a tree of keys over the defaults.
   *
   * @param sources where a key's value comes from, for errors
   */
  static NodeConfig read(@Nullable Object tree, UnaryOperator<String> sources) {
    return (NodeConfig) read(NodeConfig.DEFAULT, tree, sources, "");
  }

  static Record read(
      Record defaults, @Nullable Object tree, UnaryOperator<String> sources, String path) {
    String source = sources.apply(path);
    if (!(tree instanceof Map<?, ?> map)) {
      throw wrong(
          source + ": " + (path.isEmpty() ? "the configuration" : path) + " must be an object");
    }
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    List<String> known = Arrays.stream(components).map(RecordComponent::getName).toList();
    for (Object key : map.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        throw unknown(sources.apply(path + key), path, String.valueOf(key), known);
      }
    }
    var values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      Object standing = component(components[i], defaults);
      values[i] =
          map.containsKey(name) ? value(standing, map.get(name), sources, path + name) : standing;
    }
    try {
      return construct(defaults.getClass(), components, values);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage()); // begins with the name of the component
      throw wrong(sources.apply(path + message.split(" ", 2)[0]) + ": " + path + message);
    }
  }

  private static Object value(
      Object standing, @Nullable Object given, UnaryOperator<String> sources, String path) {
    String source = sources.apply(path);
    return switch (standing) {
      case PortChoice _ when given instanceof Integer number -> port(number, source);
      case PortChoice _ ->
          throw wrong(source + ": " + path + " must be a whole number, not " + given);
      case Record nested -> read(nested, given, sources, path + ".");
      case String _ when given instanceof String text -> text;
      case Secret _ -> AppReader.secret(given, source, path);
      case Boolean _ when given instanceof Boolean flag -> flag;
      case Integer _ when given instanceof Integer number -> checked(number, source, path);
      case Long _ when given instanceof Number number -> {
        checked(number.doubleValue(), source, path);
        yield number.longValue();
      }
      case Duration _ when given instanceof Number number -> {
        checked(number.doubleValue(), source, path);
        yield Duration.ofNanos((long) (number.doubleValue() * 1e6));
      }
      case Enum<?> choice when given instanceof String text -> choice(choice, text, source, path);
      case List<?> _ when path.equals(AppReader.KEY) -> AppReader.apps(given, sources);
      case List<?> _ when path.equals(ChannelReader.KEY) -> ChannelReader.rules(given, sources);
      case List<?> _
          when given instanceof List<?> list && list.stream().allMatch(String.class::isInstance) ->
          list;
      case Map<?, ?> _ when given instanceof Map<?, ?> services ->
          permissions(services, source, path);
      default ->
          throw wrong(source + ": " + path + " must be " + wanted(standing) + ", not " + given);
    };
  }

  /** The only map there is: what single services may reach. */
  private static Map<String, Permissions> permissions(
      Map<?, ?> services, String source, String path) {
    var read = new LinkedHashMap<String, Permissions>();
    services.forEach(
        (service, given) ->
            read.put(
                String.valueOf(service),
                (Permissions)
                    read(Permissions.NONE, given, at -> source, path + "." + service + ".")));
    return read;
  }

  private static Object choice(Enum<?> standing, String given, String source, String path) {
    return Arrays.stream(standing.getDeclaringClass().getEnumConstants())
        .filter(known -> ((Enum<?>) known).name().toLowerCase(Locale.ROOT).equals(given))
        .findFirst()
        .orElseThrow(
            () -> wrong(source + ": " + path + " must be " + wanted(standing) + ", not " + given));
  }

  private static PortChoice port(int number, String source) {
    try {
      return PortChoice.of(number);
    } catch (RunarException e) {
      throw wrong(source + ": " + e.getMessage());
    }
  }

  private static <T extends Number> T checked(T number, String source, String path) {
    if (number.doubleValue() < 0) {
      throw wrong(source + ": " + path + " must not be negative, it is " + number);
    }
    return number;
  }

  private static String wanted(Object standing) {
    return switch (standing) {
      case String _ -> "a text";
      case Boolean _ -> "true or false";
      case Duration _ -> "a number of milliseconds";
      case List<?> _ -> "a list of texts";
      case Map<?, ?> _ -> "an object of permissions, by the paths of services";
      case Enum<?> choice ->
          "one of "
              + Arrays.stream(choice.getDeclaringClass().getEnumConstants())
                  .map(known -> String.valueOf(known).toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "));
      default -> "a whole number";
    };
  }

  private static Object fill(Object host, Object guest, Object defaults) {
    if (host instanceof PortChoice) {
      boolean named = !(guest instanceof PortChoice.OfScript);
      return host instanceof PortChoice.OfScript && named ? guest : host;
    }
    if (!(host instanceof Record record)) {
      return host.equals(defaults) ? guest : host;
    }
    RecordComponent[] components = record.getClass().getRecordComponents();
    var values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] =
          fill(
              component(components[i], host),
              component(components[i], guest),
              component(components[i], defaults));
    }
    return construct(record.getClass(), components, values);
  }

  static Object component(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Record construct(
      Class<? extends Record> type, RecordComponent[] components, Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (java.lang.reflect.InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static RunarException unknown(String source, String path, String key, List<String> known) {
    String nearest =
        nearest(key, known).map(name -> "; did you mean \"" + path + name + "\"?").orElse("");
    return wrong(
        source
            + ": unknown key \""
            + path
            + key
            + "\""
            + nearest
            + " Known keys: "
            + String.join(", ", known));
  }

  /** The known name that was probably meant. */
  static Optional<String> nearest(String name, Collection<String> known) {
    return known.stream()
        .min((a, b) -> Integer.compare(distance(name, a), distance(name, b)))
        .filter(found -> distance(name, found) <= Math.max(2, name.length() / 3));
  }

  /** Levenshtein's distance, ignoring case. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + (same ? 0 : 1));
        diagonal = above;
      }
    }
    return row[b.length()];
  }

  static RunarException wrong(String message) {
    return new RunarException(Code.CONFIG, message);
  }
}
