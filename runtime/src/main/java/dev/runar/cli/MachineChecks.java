package dev.runar.cli;

import dev.runar.Node;
import dev.runar.RunarException;
import dev.runar.cli.control.ControlFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code doctor} finds out about this machine and this process. It looks at modules, files and
 * properties; it loads neither the script engine nor the network library. Stateless; any thread.
 */
final class MachineChecks {
  private MachineChecks() {}

  static Check java() {
    Runtime.Version version = Runtime.version();
    String found = Version.java() + " in " + System.getProperty("java.home");
    if (version.feature() < 25) {
      return Check.fail("java", found, "install a JDK 25 and set RUNAR_JAVA_HOME to it");
    }
    if (version.feature() > 25 || version.update() < 3) {
      return Check.warn(
          "java", found, "JavaScript is compiled on a JDK 25.0.3 or a newer 25.0.x; use one");
    }
    return Check.ok("java", found);
  }

  /** Whether JavaScript can be compiled in a process that was started as this one was. */
  static Check compiler() {
    ModuleLayer boot = ModuleLayer.boot();
    boolean compiler = boot.findModule("jdk.graal.compiler").isPresent();
    boolean access = boot.findModule("jdk.internal.vm.ci").isPresent();
    if (compiler && access) {
      return Check.ok("compiler", "JavaScript is compiled (JIT)");
    }
    return Check.warn(
        "compiler",
        "JavaScript is interpreted, 2 to 60 times slower",
        "start Runar by its launcher: ./runar");
  }

  /** What makes the start fast. */
  static Check image() {
    boolean upgraded = System.getProperty("jdk.module.upgrade.path") != null;
    boolean image = !upgraded && ModuleLayer.boot().findModule("jdk.graal.compiler").isPresent();
    boolean archive = System.getProperty("java.vm.info", "").contains("sharing");
    String found =
        (image ? "own image" : "plain JDK")
            + ", "
            + aotCache()
                .map(cache -> "AOT cache " + cache)
                .orElse(archive ? "class archive of the JDK" : "no AOT cache");
    return image && archive
        ? Check.ok("start", found)
        : Check.warn("start", found, "build the image and its cache: mvn package");
  }

  private static Optional<String> aotCache() {
    String flag = "-XX:AOTCache=";
    return ProcessHandle.current().info().arguments().stream()
        .flatMap(Arrays::stream)
        .filter(argument -> argument.startsWith(flag))
        .map(argument -> argument.substring(flag.length()))
        .findFirst();
  }

  static Check versions() {
    return Check.ok(
        "versions",
        "runar %s, graaljs %s, netty %s"
            .formatted(
                Node.version(),
                Version.graal().orElse("missing"),
                Version.netty().orElse("missing")));
  }

  static Check transport() {
    String system = System.getProperty("os.name", "");
    String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch_64";
    String library = "META-INF/native/libnetty_transport_native_epoll_" + machine + ".so";
    if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
      return Check.ok("transport", "NIO on " + system);
    }
    return MachineChecks.class.getClassLoader().getResource(library) != null
        ? Check.ok("transport", "epoll for " + machine)
        : Check.warn(
            "transport",
            "NIO: no epoll library for " + machine,
            "add netty-transport-native-epoll for this machine to the class path");
  }

  static Check locale() {
    String encoding = System.getProperty("sun.jnu.encoding", "");
    return encoding.equalsIgnoreCase("UTF-8")
        ? Check.ok("locale", encoding)
        : Check.warn(
            "locale",
            encoding + ": letters beyond ASCII in arguments are lost",
            "set LC_ALL=C.UTF-8, or give the payload on standard input");
  }

  static Check folder(ControlFolder folder) {
    try {
      folder.check();
      if (!Files.exists(folder.path())) {
        return Check.ok("control folder", folder.path() + ", made by the first node");
      }
      return Files.isWritable(folder.path())
          ? Check.ok("control folder", folder.path() + ", yours alone")
          : Check.fail(
              "control folder", folder.path() + " cannot be written", "set XDG_RUNTIME_DIR");
    } catch (RunarException e) {
      List<String> parts = List.of(String.valueOf(e.getMessage()).split("; ", 2));
      return Check.fail("control folder", parts.getFirst(), parts.getLast());
    }
  }

  /** Whether {@code run} without {@code --port} could listen. */
  static Check port(List<String> urls) {
    int port = RunOptions.defaultPort();
    if (urls.stream().anyMatch(url -> URI.create(url).getPort() == port)) {
      return Check.ok("port", port + ", used by a running node");
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return Check.ok("port", port + " is free");
    } catch (IOException e) {
      return Check.warn("port", port + " is used by another program", "run with --port N");
    }
  }
}
