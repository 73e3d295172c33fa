package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeProvider.Linked;
import dev.runar.NodeProvider.Started;
import dev.runar.cli.control.ControlFolder;
import dev.runar.cli.control.ControlServer;
import dev.runar.cli.control.NodeInfo;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Lets commands such as {@code call} and {@code tail} reach the nodes of programs in Node.js and
 * Bun, by the process id of the program. Any thread.
 */
final class LinkedControl {
  private final Supplier<ControlFolder> folder;
  private final Map<String, ControlServer> open = new ConcurrentHashMap<>(); // one for each node

  private LinkedControl(Supplier<ControlFolder> folder) {
    this.folder = folder;
  }

  /** For this process, at whose end no socket stays behind. */
  static LinkedControl ofProcess(Supplier<ControlFolder> folder) {
    var control = new LinkedControl(folder);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("runar-control-end")
                .unstarted(() -> control.open.values().forEach(ControlServer::close)));
    return control;
  }

  /**
   * Opens a control socket when the node has started, before its program hears of that, until it
   * stops or its program has gone.
   */
  void to(Linked link) {
    var _ = link.started().thenAccept(started -> open(link, started));
  }

  /** A node without a control socket still serves. */
  private void open(Linked link, Started started) {
    try {
      String name = opened(started);
      var _ =
          CompletableFuture.anyOf(started.node().stopped(), link.ended())
              .whenComplete((done, error) -> close(name));
    } catch (RuntimeException e) { // such as: no sockets of this kind on Windows
      link.log(
          "warn",
          "runar.control",
          "commands such as call and tail cannot reach this node: " + e.getMessage());
    }
  }

  /** Each thread of a program may have a node of its own. */
  private synchronized String opened(Started started) {
    long pid = started.program().pid();
    String name = Long.toString(pid);
    for (int number = 2; open.containsKey(name); number++) {
      name = pid + "-" + number;
    }
    String script = started.program().script().orElse("");
    open.put(
        name,
        ControlServer.open(
            folder.get(), new NodeInfo(name, pid, script, Node.version()), started.node()));
    return name;
  }

  /** Forgotten only when it is closed: the end of the process closes what is open then. */
  private void close(String name) {
    ControlServer control = open.get(name);
    if (control != null) {
      control.close();
      open.remove(name);
    }
  }
}
