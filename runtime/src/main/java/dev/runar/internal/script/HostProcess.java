package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.internal.sdk.NodeControl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.graalvm.polyglot.HostAccess;

/** What {@code node:process} and {@code node:os} ask of the host. Owner thread only. */
public final class HostProcess {
  /** The version of Node.js whose modules these are made after. */
  private static final String NODE_VERSION = "v20.20.2";

  private final ScriptContext context;
  private final NodeControl control;
  private final Path entry;
  private final Map<String, String> settings;
  private final Map<String, String> machine;
  private final long begun;
  private boolean tickWaits;

  /**
   * For one script.
   *
   * @param settings what the {@code .env} file of the project says
   * @param machine the environment of the process; only what is permitted is seen of it
   */
  HostProcess(
      ScriptContext context,
      NodeControl control,
      Path entry,
      Map<String, String> settings,
      Map<String, String> machine) {
    this.context = context;
    this.control = control;
    this.entry = entry;
    this.settings = settings;
    this.machine = machine;
    this.begun = context.clock().nanos();
  }

  /** The names of the variables that the script sees, as a JSON array. */
  @HostAccess.Export
  public String envNames() {
    var names = new TreeSet<>(settings.keySet());
    machine.keySet().stream().filter(this::isSeen).forEach(names::add);
    return Payload.of(new ArrayList<>(names)).text();
  }

  private boolean isSeen(String name) {
    return name.equals("NODE_ENV") || context.permissions().seesEnv(name);
  }

  /** The value of one of {@link #envNames}; the machine's own goes before the file's. */
  @HostAccess.Export
  public String env(String name) {
    String set = isSeen(name) ? machine.get(name) : null;
    return set != null ? set : settings.getOrDefault(name, "");
  }

  @HostAccess.Export
  public double nanos() {
    return context.clock().nanos();
  }

  /** Seconds since this was first used. */
  @HostAccess.Export
  public double uptime() {
    return (context.clock().nanos() - begun) / 1e9;
  }

  @HostAccess.Export
  public String nodeVersion() {
    return NODE_VERSION;
  }

  @HostAccess.Export
  public String version() {
    String version = HostProcess.class.getPackage().getImplementationVersion();
    return version == null ? "0" : version;
  }

  @HostAccess.Export
  public String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return os.startsWith("windows") ? "win32" : os.startsWith("mac") ? "darwin" : "linux";
  }

  @HostAccess.Export
  public String arch() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
  }

  @HostAccess.Export
  public double pid() {
    return ProcessHandle.current().pid();
  }

  @HostAccess.Export
  public int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** The entry file. */
  @HostAccess.Export
  public String script() {
    return entry.toString();
  }

  /** The folder that relative paths mean. */
  @HostAccess.Export
  public String cwd() {
    return Path.of("").toAbsolutePath().toString();
  }

  @HostAccess.Export
  public String memory() {
    Runtime runtime = Runtime.getRuntime();
    return Payload.object(
            "rss",
            runtime.totalMemory(),
            "heapTotal",
            runtime.totalMemory(),
            "heapUsed",
            runtime.totalMemory() - runtime.freeMemory(),
            "external",
            0,
            "arrayBuffers",
            0,
            "max",
            runtime.maxMemory(),
            "free",
            runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory())
        .text();
  }

  /** A microtask has called {@code process.nextTick}, whose turn is after all microtasks. */
  @HostAccess.Export
  public void tickWaits() {
    if (!tickWaits) {
      tickWaits = true;
      context.postReserved(
          "process.nextTick",
          () -> {
            tickWaits = false;
            context.functions().runTicks.executeVoid();
          });
    }
  }

  /** What {@code runar run} ends the process with when the node has stopped. */
  @HostAccess.Export
  public void exitCode(int code) {
    control.exitCode(code);
  }

  /** Asks the node to stop, as a signal does; the process belongs to whoever runs the node. */
  @HostAccess.Export
  public void exit(int code) {
    control.exitCode(code);
    System.getLogger("runar.script." + context.name())
        .log(System.Logger.Level.INFO, () -> "process.exit stops the node code=" + code);
    context.work().end();
    var _ = control.stop();
  }
}
