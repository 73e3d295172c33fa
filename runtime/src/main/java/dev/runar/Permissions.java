package dev.runar;

import java.util.ArrayList;
import java.util.List;

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
 */
public record Permissions(
    List<String> net, List<String> read, List<String> env, List<String> java) {
  /** A script reads its own folder, and reaches nothing else. */
  public static final Permissions NONE =
      new Permissions(List.of(), List.of(), List.of(), List.of());

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException for an empty entry
   */
  public Permissions {
    net = checked("net", net);
    read = checked("read", read);
    env = checked("env", env);
    java = checked("java", java);
  }

  private static List<String> checked(String key, List<String> entries) {
    if (entries.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(key + " has an empty entry");
    }
    return List.copyOf(entries);
  }

  public Permissions withNet(String... hosts) {
    return new Permissions(List.of(hosts), read, env, java);
  }

  public Permissions withRead(String... paths) {
    return new Permissions(net, List.of(paths), env, java);
  }

  public Permissions withEnv(String... names) {
    return new Permissions(net, read, List.of(names), java);
  }

  public Permissions withJava(String... classes) {
    return new Permissions(net, read, env, List.of(classes));
  }

  /** What either grants. */
  public Permissions and(Permissions more) {
    return new Permissions(
        joined(net, more.net),
        joined(read, more.read),
        joined(env, more.env),
        joined(java, more.java));
  }

  private static List<String> joined(List<String> some, List<String> more) {
    var all = new ArrayList<>(some);
    more.stream().filter(entry -> !all.contains(entry)).forEach(all::add);
    return all;
  }
}
