package dev.runar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a script may reach beyond its own folder and the node. Nothing, unless it is named here; a
 * script cannot grant itself anything. What is refused fails with {@code PERMISSION_DENIED} and the
 * name of the rule that is missing. Immutable.
 *
 * @param net hosts that it may connect to: {@code api.example.com}, {@code api.example.com:443},
 *     {@code *.example.com}, {@code [::1]:8080}, {@code *}
 * @param read files and folders that it may read beside its own folder; {@code *}: all
 * @param env environment variables that it sees: {@code HOME}, {@code APP_*}, {@code *}
 * @param java Java classes that {@code Java.type} finds: {@code com.acme.Prices}, {@code
 *     com.acme.*}; of these only what is marked with {@code HostAccess.Export} can be touched
 * @param services what single services may reach beside that, by their paths; each such service
 *     runs in a script context of its own, where the script has these permissions; its other
 *     services do not
 */
public record Permissions(
    List<String> net,
    List<String> read,
    List<String> env,
    List<String> java,
    Map<String, Permissions> services) {
  /** A script reads its own folder, and reaches nothing else. */
  public static final Permissions NONE =
      new Permissions(List.of(), List.of(), List.of(), List.of());

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException for an empty entry, or services of a service
   */
  public Permissions {
    services = Map.copyOf(services);
    if (services.values().stream().anyMatch(own -> !own.services.isEmpty())) {
      throw new IllegalArgumentException("services: a service has no services of its own");
    }
    net = checked("net", net);
    read = checked("read", read);
    env = checked("env", env);
    java = checked("java", java);
  }

  /** For a script, with nothing more for single services. */
  public Permissions(List<String> net, List<String> read, List<String> env, List<String> java) {
    this(net, read, env, java, Map.of());
  }

  private static List<String> checked(String key, List<String> entries) {
    if (entries.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(key + " has an empty entry");
    }
    return List.copyOf(entries);
  }

  public Permissions withNet(String... hosts) {
    return new Permissions(List.of(hosts), read, env, java, services);
  }

  public Permissions withRead(String... paths) {
    return new Permissions(net, List.of(paths), env, java, services);
  }

  public Permissions withEnv(String... names) {
    return new Permissions(net, read, List.of(names), java, services);
  }

  public Permissions withJava(String... classes) {
    return new Permissions(net, read, env, List.of(classes), services);
  }

  /** Grants one service more. */
  public Permissions withService(String path, Permissions own) {
    var all = new HashMap<>(services);
    all.put(path, own);
    return new Permissions(net, read, env, java, all);
  }

  /** What either grants. */
  public Permissions and(Permissions more) {
    var all = new HashMap<>(services);
    more.services.forEach((path, own) -> all.merge(path, own, Permissions::and));
    return new Permissions(
        joined(net, more.net),
        joined(read, more.read),
        joined(env, more.env),
        joined(java, more.java),
        all);
  }

  /** What a service may reach that runs in a context of its own. */
  public Permissions ofService(String path) {
    return new Permissions(net, read, env, java).and(services.getOrDefault(path, NONE));
  }

  private static List<String> joined(List<String> some, List<String> more) {
    var all = new ArrayList<>(some);
    more.stream().filter(entry -> !all.contains(entry)).forEach(all::add);
    return all;
  }
}
