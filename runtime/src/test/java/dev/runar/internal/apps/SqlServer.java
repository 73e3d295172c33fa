package dev.runar.internal.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A database server of Debian's packages in a folder of its own, on a free port of this machine,
 * run by a user who is not root: {@code nobody} where the tests are root's.
 */
final class SqlServer implements AutoCloseable {
  static final String USER = "app";
  static final String PASSWORD = "pass word";

  /** What is installed; empty: nothing. */
  enum Kind {
    POSTGRESQL("initdb", "/usr/lib/postgresql/*/bin"),
    MARIADB("mariadb-install-db", "/usr/bin");

    private final String program;
    private final String folder;

    Kind(String program, String folder) {
      this.program = program;
      this.folder = folder;
    }

    boolean isInstalled() {
      return folder().isPresent();
    }

    private Optional<Path> folder() {
      Path fixed = Path.of(folder.replace("/*/bin", ""));
      if (!Files.isDirectory(fixed)) {
        return Optional.empty();
      }
      try (Stream<Path> versions = folder.contains("*") ? Files.list(fixed) : Stream.of(fixed)) {
        return versions
            .map(version -> folder.contains("*") ? version.resolve("bin") : version)
            .filter(bin -> Files.isExecutable(bin.resolve(program)))
            .max(Path::compareTo);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Kind kind;
  private final Path folder;
  private int port;
  private @Nullable Process process;

  private SqlServer(Kind kind, Path folder) {
    this.kind = kind;
    this.folder = folder;
  }

  /** Makes a database with a user. */
  static SqlServer begin(Kind kind, Path folder) throws Exception {
    var server = new SqlServer(kind, folder);
    if (isRoot()) {
      run(List.of("chown", "nobody", folder.toString()), folder);
    }
    server.make();
    for (int left = 2; ; left--) {
      try {
        server.port = freePort();
        server.start();
        return server;
      } catch (EndedAtOnce e) { // somebody else has taken the port meanwhile
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Before it answered. */
  private static final class EndedAtOnce extends IOException {
    private static final long serialVersionUID = 1;

    EndedAtOnce(String log) {
      super("the database server ended before it answered: " + log);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static List<String> asNobody(List<String> command) {
    var whole = new ArrayList<String>();
    if (isRoot()) {
      whole.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    whole.addAll(command);
    return whole;
  }

  private static void run(List<String> command, Path folder) throws Exception {
    Path log = Files.createTempFile("runar-database", ".log");
    Process process = start(command, folder, log);
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command, Files.readString(log)).isZero();
    Files.delete(log);
  }

  private static Process start(List<String> command, Path folder, Path log) throws IOException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("HOME", folder.toString());
    return builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
  }

  private String program(String name) {
    return kind.folder().orElseThrow().resolve(name).toString();
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private void make() throws Exception {
    List<String> command =
        switch (kind) {
          case POSTGRESQL -> {
            Path secret = Files.writeString(folder.resolve("secret"), PASSWORD + "\n");
            assertThat(secret.toFile().setReadable(true, false)).isTrue();
            yield List.of(
                program("initdb"),
                "--pgdata=" + data(),
                "--username=" + USER,
                "--auth=scram-sha-256",
                "--pwfile=" + secret,
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8");
          }
          case MARIADB ->
              List.of(
                  program("mariadb-install-db"),
                  "--no-defaults",
                  "--datadir=" + data(),
                  "--auth-root-authentication-method=normal",
                  "--skip-test-db",
                  "--skip-name-resolve");
        };
    run(asNobody(command), folder);
  }

  /** Begins to answer; if it does not, it is stopped. */
  void start() throws Exception {
    List<String> command =
        switch (kind) {
          case POSTGRESQL ->
              List.of(
                  program("postgres"),
                  "-D",
                  data(),
                  "-p",
                  String.valueOf(port),
                  "-h",
                  "127.0.0.1",
                  "-k",
                  folder.toString(),
                  "-F");
          case MARIADB ->
              List.of(
                  "/usr/sbin/mariadbd",
                  "--no-defaults",
                  "--datadir=" + data(),
                  "--port=" + port,
                  "--bind-address=127.0.0.1",
                  "--skip-name-resolve",
                  "--socket=" + folder.resolve("socket"),
                  "--pid-file=" + folder.resolve("pid"));
        };
    Path log = Files.createTempFile("runar-database", ".log");
    Process running = start(asNobody(command), folder, log);
    process = running;
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !running.isAlive() || (answers() && running.isAlive()));
      if (!running.isAlive()) {
        throw new EndedAtOnce(Files.readString(log));
      }
    } catch (Throwable e) {
      stop();
      throw e;
    }
  }

  private boolean answers() {
    try (Connection _ = admin()) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** A connection that may change everything. */
  Connection admin() throws SQLException {
    return switch (kind) {
      case POSTGRESQL -> DriverManager.getConnection(url(), USER, PASSWORD);
      case MARIADB ->
          DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/mysql", "root", "");
    };
  }

  /** Where the table of apps is. */
  String url() {
    return switch (kind) {
      case POSTGRESQL -> "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
      case MARIADB -> "jdbc:mariadb://127.0.0.1:" + port + "/apps";
    };
  }

  /** Answers no longer. */
  void stop() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroy();
      if (!running.waitFor(5, TimeUnit.SECONDS)) { // it waits for its clients
        running.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
      process = null;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
