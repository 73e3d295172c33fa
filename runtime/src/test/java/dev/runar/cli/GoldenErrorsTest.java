package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.cli.control.ControlFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people read when a script fails: real scripts of {@code src/test/golden}, run and called by
 * the real command, compared with the files of {@code src/test/resources/golden}, each plain and in
 * colours. What differs from run to run is replaced by fixed words. To renew the files:
 *
 * <pre>mvn -pl runtime test -Dtest=GoldenErrorsTest -Dgolden.write=true</pre>
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenErrorsTest {
  private static final Path SCRIPTS = Path.of("src/test/golden").toAbsolutePath();
  private static final Path GOLDEN = Path.of("src/test/resources/golden").toAbsolutePath();

  private Path made;
  private Path folder;
  private final List<RunningNode> nodes = new ArrayList<>();

  /** A {@code runar run app.ts} of its own, whose file descriptor 2 is a file. */
  private record RunningNode(Process process, Path home, Path log, boolean colours) {
    ControlFolder control() {
      return ControlFolder.at(home.resolve("runar"));
    }

    String text() throws IOException {
      return Files.readString(log);
    }
  }

  @BeforeAll
  void startNodes(@TempDir Path temporary) throws IOException {
    made = temporary;
    folder = Files.createDirectory(made.toRealPath().resolve("project"));
    try (Stream<Path> files = Files.walk(SCRIPTS)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(SCRIPTS.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Path broken = Files.createDirectories(folder.resolve("node_modules/broken"));
    Files.writeString(broken.resolve("package.json"), "{\"name\":\"broken\",\"main\":\"main.js\"}");
    Files.writeString(broken.resolve("main.js"), "exports.one = 1;\nexports.two = ;\n");
    Files.writeString(folder.resolve("package.json"), "{}");
    nodes.add(start("plain", false, "run", "app.ts", "--port", "0", "--log-level", "warn"));
    nodes.add(start("coloured", true, "run", "app.ts", "--port", "0", "--log-level", "warn"));
    for (RunningNode node : nodes) {
      await().atMost(Duration.ofSeconds(60)).until(() -> node.text().contains("ready in"));
    }
  }

  private RunningNode start(String name, boolean colours, String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx768m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.runar.cli.Main"));
    command.addAll(List.of(arguments));
    Path home = Files.createDirectory(made.resolve(name));
    Path log = made.resolve(name + ".log");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("XDG_RUNTIME_DIR", home.toRealPath().toString());
    builder.environment().put("FORCE_COLOR", colours ? "1" : "0");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new RunningNode(builder.start(), home, log, colours);
  }

  @AfterAll
  void stopNodes() throws InterruptedException {
    for (RunningNode node : nodes) {
      node.process().destroy();
      node.process().waitFor();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          later      | --a 1 --b x
          cause      |
          several    |
          number     |
          crossed    |
          coded      |
          hostile    |
          denied     |
          unanswered |
          minified   |
          tabs       |
          spin       | --timeout 300ms
          hog        |
          """)
  void aCallThatFails(String action, String options) throws IOException {
    var outputs = new ArrayList<String>();
    for (RunningNode node : nodes) {
      await().until(() -> node.process().isAlive());
      var words = new ArrayList<>(List.of("call", "errors/" + action));
      if (options != null) {
        words.addAll(List.of(options.split(" ")));
      }
      String output = command(node.control(), node.colours(), words);
      if (action.equals("spin") || action.equals("hog")) {
        await().atMost(Duration.ofSeconds(30)).until(() -> canAnswer(node));
        if (!output.contains("at " + action)) { // a busy machine could not be asked in time
          output = command(node.control(), node.colours(), words);
          await().atMost(Duration.ofSeconds(30)).until(() -> canAnswer(node));
        }
      }
      outputs.add(output);
    }
    compare("call-" + action, outputs.get(0), outputs.get(1));
  }

  /** The script is back. */
  private boolean canAnswer(RunningNode node) {
    return command(node.control(), false, List.of("call", "errors/number")).contains("threw 42")
        && command(node.control(), false, List.of("call", "errors/logs")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "rejected, at rejected",
    "timer, at tick",
    "publishes, at happened",
    "logs, forged",
  })
  void aLineOfTheLog(String action, String last) throws IOException {
    var logs = new ArrayList<String>();
    for (RunningNode node : nodes) {
      int before = node.text().length();
      assertThat(command(node.control(), false, List.of("call", "errors/" + action)).strip())
          .isEmpty();
      await().until(() -> node.text().substring(before).contains(last));
      await().until(() -> node.text().endsWith("\n"));
      logs.add(node.text().substring(before));
    }
    compare("log-" + action, logs.get(0), logs.get(1));
  }

  /** A client is told the message only, so the log has the rest. */
  @Test
  void aRequestOfAClient() throws Exception {
    var logs = new ArrayList<String>();
    for (RunningNode node : nodes) {
      int before = node.text().length();
      String port = node.text().replaceAll("(?s).*ready in .*?http://127.0.0.1:(\\d+).*", "$1");
      try (var client = HttpClient.newHttpClient()) {
        WebSocket socket =
            client
                .newWebSocketBuilder()
                .buildAsync(
                    URI.create("ws://127.0.0.1:" + port + "/topics"), new WebSocket.Listener() {})
                .join();
        socket.sendText("{\"request\":\"errors/later\",\"data\":[1,\"x\"],\"id\":1}", true).join();
        await().until(() -> node.text().substring(before).contains("at async later"));
        socket.abort();
      }
      logs.add(node.text().substring(before).replaceAll("session \\S+", "session ID"));
    }
    compare("log-request", logs.get(0), logs.get(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "syntax",
        "syntax-imported",
        "syntax-package",
        "missing-module",
        "node-module",
        "throws",
        "bad-config"
      })
  void aScriptThatDoesNotLoad(String name) throws IOException {
    var words = new ArrayList<>(List.of("run", folder.resolve(name + ".ts").toString()));
    words.addAll(List.of("--port", "-1"));
    if (name.equals("bad-config")) {
      words.addAll(List.of("--config", folder.resolve("bad-config.yaml").toString()));
    }
    ControlFolder control = ControlFolder.at(made.resolve("own"));
    compare("load-" + name, command(control, false, words), command(control, true, words));
  }

  /** The compiler is native code, which writes to the descriptor itself. */
  @ParameterizedTest
  @ValueSource(strings = "syntax")
  void nothingButTheErrorReachesFileDescriptorTwo(String name) throws Exception {
    RunningNode node =
        start("descriptor", false, "run", name + ".ts", "--port", "-1", "--log-level", "warn");
    assertThat(node.process().waitFor()).isEqualTo(1);
    assertThat(golden("load-" + name)).startsWith(normal(node.text()) + "--- coloured\n");
  }

  private static String command(ControlFolder control, boolean colours, List<String> words) {
    var output = new ByteArrayOutputStream();
    var stream = new PrintStream(output, true, StandardCharsets.UTF_8);
    var terminal =
        new Terminal(InputStream.nullInputStream(), stream, stream, new Colours(colours, colours));
    var surroundings =
        new Surroundings(
            terminal,
            () -> control,
            (config, tools) -> Node.builder().config(config).tools(tools).build(),
            (file, flags) -> Configuration.load(new Configuration.Sources(file, Map.of(), flags)),
            signal -> {},
            InitSystem.NONE,
            Node.builder()::link,
            (level, log) -> {});
    new Cli(surroundings).run(words.toArray(String[]::new));
    return output.toString(StandardCharsets.UTF_8);
  }

  private void compare(String name, String plain, String coloured) throws IOException {
    assertThat(plain).doesNotContain("\u001b").doesNotContain("dev.runar.internal");
    String actual = normal(plain) + "--- coloured\n" + normal(coloured);
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(GOLDEN.resolve(name + ".txt"), actual);
    }
    assertThat(actual).as(name).isEqualTo(golden(name));
  }

  private static String golden(String name) throws IOException {
    return Files.readString(GOLDEN.resolve(name + ".txt"));
  }

  /** Without times, counts, and the folder that the test has made. */
  private String normal(String text) {
    return text.replace(folder + "/", "")
        .replace(folder.toString(), "PROJECT")
        .replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}", "12:00:00.000")
        .replaceAll("\\b\\d+ ms\\b", "N ms")
        .replaceAll("\\b\\d+ MiB\\b", "N MiB")
        .replace("\u001b", "\u241b");
  }
}
