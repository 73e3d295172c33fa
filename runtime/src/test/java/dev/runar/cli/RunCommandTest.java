package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RunCommandTest {
  @TempDir Path folder;
  private CliFixture cli;
  private final AtomicReference<InMemoryNode> made = new AtomicReference<>();
  private Runnable script = () -> {};
  private String file = "";

  @BeforeEach
  void prepare() throws IOException {
    cli = new CliFixture(folder);
    cli.nodes =
        config -> {
          var node = new InMemoryNode(config);
          node.script = script;
          node.addService(InMemoryNode.math()).join();
          made.set(node);
          return node;
        };
    file = Files.createFile(folder.resolve("app.ts")).toString();
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @Test
  void saysReadyAndEndsBySignalWithZero() {
    var exitCode = cli.begin("run", file, "--port", "8080", "--name", "blue");
    await().until(() -> cli.out().endsWith("\n"));

    assertThat(cli.out())
        .matches("runar ready in \\d+ ms  http://127\\.0\\.0\\.1:8080/  \\(math-service\\)\n");
    assertThat(cli.folder.path().resolve("blue.sock")).exists();
    var other = new CliFixture(folder);
    assertThat(other.run("call", "math/add", "--a", "5", "--b", "3").out()).isEqualTo("8\n");
    assertThat(other.run("run", file, "--name", "blue"))
        .isEqualTo(
            new CliFixture.Result(
                78,
                "",
                "runar: CONFIG: a node named 'blue' is running here; choose another --name\n"));

    cli.signals.getFirst().run();

    assertThat(exitCode.join()).isZero();
    assertThat(made.get().state()).isEqualTo(Node.State.STOPPED);
    assertThat(cli.folder.path().resolve("blue.sock")).doesNotExist();
  }

  @Test
  void readyCanBeJson() {
    var exitCode = cli.begin("run", file, "--json", "--name", "blue");
    await().until(() -> cli.out().endsWith("\n"));

    assertThat(cli.out())
        .startsWith("{\"ready\":true,\"ms\":")
        .contains(
            "\"node\":{\"name\":\"blue\",\"pid\":" + ProcessHandle.current().pid(),
            "\"urls\":[\"http://127.0.0.1:3000/\"],\"services\":[\"math\"]}");
    cli.signals.getFirst().run();
    assertThat(exitCode.join()).isZero();
  }

  @Test
  void endsWhenTheScriptStopsTheNode() {
    var exitCode = cli.begin("run", file);
    await().until(() -> cli.out().contains("ready"));

    made.get().stop().join();

    assertThat(exitCode.join()).isZero();
  }

  @Test
  void aScriptErrorIsShownAsItIsWithoutAJavaStack() {
    script =
        () -> {
          throw new RunarException(
              Code.SCRIPT, "app.ts:1:7: Unexpected token\n\n> 1 | const;\n    |       ^");
        };

    assertThat(cli.run("run", file))
        .isEqualTo(
            new CliFixture.Result(
                1,
                "",
                """
                runar: SCRIPT: app.ts:1:7: Unexpected token

                > 1 | const;
                    |       ^
                """));
    assertThat(made.get().state()).isEqualTo(Node.State.STOPPED);
  }

  @Test
  void aPortInUseIsAConfigurationError() {
    script =
        () -> {
          throw new RunarException(Code.CONFIG, "port 3000 is in use; choose another with --port");
        };

    assertThat(cli.run("run", file))
        .isEqualTo(
            new CliFixture.Result(
                78, "", "runar: CONFIG: port 3000 is in use; choose another with --port\n"));
  }

  @Test
  void aMissingFileIsAnsweredWithTheOneThatWasMeant() {
    Path wrong = folder.resolve("ap.ts");

    assertThat(cli.run("run", wrong.toString()))
        .isEqualTo(
            new CliFixture.Result(
                66,
                "",
                "runar: NOT_FOUND: there is no file %s; did you mean %s?\n"
                    .formatted(wrong, file)));
    assertThat(cli.run("run", folder.toString()).err())
        .isEqualTo(
            "runar: NOT_FOUND: %s is a folder; name a script such as %s\n".formatted(folder, file));
    assertThat(cli.run("run", folder.resolve("none/app.ts").toString()).exitCode()).isEqualTo(66);
  }

  @Test
  void flagsWinOverTheFileWhichWinsOverDefaults() throws IOException {
    Files.writeString(
        folder.resolve("runar.yaml"),
        """
        networkId: fromFile
        server: { port: 4000, host: 0.0.0.0 }
        """);
    cli.configs =
        (file, flags) -> Configuration.load(new Configuration.Sources(file, Map.of(), flags));
    var exitCode = cli.begin("run", file, "--port", "0", "--log-level", "debug");
    await().until(() -> cli.out().contains("ready"));
    cli.signals.getFirst().run();
    assertThat(exitCode.join()).isZero();

    NodeConfig config = made.get().config();
    assertThat(config.networkId()).isEqualTo("fromFile");
    assertThat(config.server().host()).isEqualTo("0.0.0.0");
    assertThat(config.server().port()).isEqualTo(new PortChoice.Fixed(0));
    assertThat(config.logging().level()).isEqualTo("debug");
  }

  @Test
  void noPortIsAChoiceAndNotTheDefault() {
    for (List<String> flags : List.of(List.of("--port", "-1"), List.<String>of())) {
      var arguments = new ArrayList<>(List.of("run", file));
      arguments.addAll(flags);
      var exitCode = cli.begin(arguments.toArray(String[]::new));
      await().until(() -> cli.out().contains("ready"));
      cli.signals.getLast().run();
      assertThat(exitCode.join()).isZero();
      assertThat(made.get().config().server().port())
          .isEqualTo(
              flags.isEmpty()
                  ? new PortChoice.OfScript(OptionalInt.of(3000))
                  : new PortChoice.None());
    }
  }

  @Test
  void badFlagsAreUsageErrors() {
    assertThat(cli.run("run", file, "--port", "70000"))
        .isEqualTo(
            new CliFixture.Result(
                2,
                "",
                "runar: --port is 70000; it must be from -1 to 65535\nsee: runar run --help\n"));
    assertThat(cli.run("run", file, "--log-level", "inf").err())
        .startsWith(
            "runar: --log-level is one of error, warn, info, debug, trace, off; did you mean"
                + " info?");
    assertThat(cli.run("run", file, "--config", "/no/such.yaml"))
        .isEqualTo(
            new CliFixture.Result(
                78, "", "runar: CONFIG: there is no configuration file /no/such.yaml\n"));
    assertThat(cli.run("run", file, "--name", "a/b").exitCode()).isEqualTo(78);
  }
}
