package dev.runar.internal.script.permission;

import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks for one script whether it may reach something outside, and says which rule is missing when
 * it may not. Whoever opens a connection, reads a file or an environment variable for a script asks
 * here first. Any thread; {@link #read} touches the disk.
 */
public final class PermissionCheck {
  private final Permissions granted;
  private final Disk disk;
  private final Path folder;

  /** Real paths. */
  private final List<Path> readable;

  private final boolean readsAll;
  private final LongAdder refusals = new LongAdder();

  /**
   * The check of one script.
   *
   * @param folder what relative paths mean, of rules and of the script: its own folder
   * @param own what the script may read without a rule: the roots of its modules
   */
  public PermissionCheck(Permissions granted, Path folder, List<Path> own, Disk disk) {
    this.granted = granted;
    this.disk = disk;
    this.folder = folder.toAbsolutePath().normalize();
    this.readsAll = granted.read().contains("*");
    var folders = new ArrayList<Path>();
    own.forEach(path -> folders.add(real(path)));
    granted.read().stream()
        .filter(path -> !path.equals("*"))
        .forEach(path -> folders.add(real(this.folder.resolve(path))));
    this.readable = List.copyOf(folders);
  }

  /**
   * Before a connection to a host, and again before one that a redirect asks for.
   *
   * @param host a name, or an address with or without its brackets
   * @throws RunarException {@code PERMISSION_DENIED}
   */
  public void net(String host, int port) {
    String bare = bare(host);
    if (granted.net().stream().noneMatch(rule -> allowsNet(rule, bare, port))) {
      String shown = (bare.contains(":") ? "[" + bare + "]" : bare) + ":" + port;
      throw refusal("net", "connect to " + shown, shown);
    }
  }

  /**
   * Before a file or folder is read. What is handed back has every link followed, so it is what has
   * to be opened.
   *
   * @param path relative to the script's folder, or absolute
   * @return the real path
   * @throws RunarException {@code PERMISSION_DENIED}
   */
  public Path read(String path) {
    Path asked;
    try {
      asked = folder.resolve(path);
    } catch (InvalidPathException e) {
      throw new RunarException(Code.INVALID_INPUT, "no path: " + e.getMessage(), e);
    }
    Path real = real(asked);
    if (!readsAll && readable.stream().noneMatch(real::startsWith)) {
      throw refusal("read", "read " + real, real.toString());
    }
    return real;
  }

  /** As {@link #read(String)}. */
  public Path read(Path path) {
    return read(path.toString());
  }

  /**
   * Before an environment variable is read by its name.
   *
   * @throws RunarException {@code PERMISSION_DENIED}
   */
  public void env(String name) {
    if (!seesEnv(name)) {
      throw refusal("env", "read the environment variable " + name, name);
    }
  }

  /** Whether an environment variable is among those that the script sees at all. */
  public boolean seesEnv(String name) {
    return granted.env().stream().anyMatch(rule -> startsAs(rule, name));
  }

  /** Whether {@code Java.type} finds a class. */
  public boolean seesJava(String className) {
    boolean seen = granted.java().stream().anyMatch(rule -> startsAs(rule, className));
    if (!seen) {
      refusals.increment();
    }
    return seen;
  }

  /** Whether any class can be found, so that {@code Java} is there at all. */
  public boolean seesJava() {
    return !granted.java().isEmpty();
  }

  /** What the script has been granted. */
  public Permissions granted() {
    return granted;
  }

  /** How often something was refused. */
  public long refusals() {
    return refusals.sum();
  }

  private RunarException refusal(String rule, String what, String entry) {
    refusals.increment();
    List<String> has =
        switch (rule) {
          case "net" -> granted.net();
          case "read" -> granted.read();
          default -> granted.env();
        };
    return new RunarException(
        Code.PERMISSION_DENIED,
        "this script may not "
            + what
            + ": permissions."
            + rule
            + (has.isEmpty() ? " is empty" : " has only " + String.join(", ", has))
            + "; allow it with --allow-"
            + rule
            + "="
            + entry
            + ", or permissions."
            + rule
            + " in runar.yaml");
  }

  /** {@code host}, {@code host:port}, {@code *.host}, {@code *}, an address in brackets. */
  private static boolean allowsNet(String rule, String host, int port) {
    int colon = rule.endsWith("]") || isBareAddress(rule) ? -1 : rule.lastIndexOf(':');
    if (colon >= 0 && !rule.substring(colon + 1).equals(String.valueOf(port))) {
      return false;
    }
    String name = bare(colon < 0 ? rule : rule.substring(0, colon));
    return name.equals("*")
        || (name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name));
  }

  /** {@code ::1}: its colons separate no port. */
  private static boolean isBareAddress(String rule) {
    return !rule.startsWith("[") && rule.indexOf(':') != rule.lastIndexOf(':');
  }

  /** Lower case, without the brackets of an address and the final dot of a name. */
  private static String bare(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    String inner =
        lower.startsWith("[") && lower.endsWith("]")
            ? lower.substring(1, lower.length() - 1)
            : lower;
    return inner.endsWith(".") ? inner.substring(0, inner.length() - 1) : inner;
  }

  private static boolean startsAs(String rule, String name) {
    return rule.endsWith("*")
        ? name.startsWith(rule.substring(0, rule.length() - 1))
        : name.equals(rule);
  }

  /** With every link followed; of what is not there, as far as it is there. */
  private Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return disk.realPath(absolute);
    } catch (IOException missing) {
      Path parent = absolute.getParent();
      Path name = absolute.getFileName();
      return parent == null || name == null ? absolute : real(parent).resolve(name.toString());
    }
  }
}
