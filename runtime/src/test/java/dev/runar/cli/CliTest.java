package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CliTest {
  @TempDir Path folder;
  private CliFixture cli;

  @BeforeEach
  void prepare() {
    cli = new CliFixture(folder);
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @Test
  void mistypedCommandsAndOptionsAreAnsweredWithTheRightOnes() {
    assertThat(cli.run("cal"))
        .isEqualTo(
            new CliFixture.Result(
                2, "", "runar: unknown command 'cal'; did you mean call?\nsee: runar --help\n"));
    assertThat(cli.run("help", "rnu").err())
        .isEqualTo("runar: unknown command 'rnu'; did you mean run?\nsee: runar --help\n");
    assertThat(cli.run("tail", "--cuont", "3", "x").err())
        .isEqualTo(
            "runar: unknown option '--cuont'; did you mean --count?\nsee: runar tail --help\n");
    assertThat(cli.run("run", "a.ts", "b.ts").err())
        .isEqualTo("runar: unexpected argument 'b.ts'\nsee: runar run --help\n");
    assertThat(cli.run().err()).isEqualTo("runar: a command is missing\nsee: runar --help\n");
    assertThat(cli.run("cal", "--json").err())
        .isEqualTo(
            "{\"error\":{\"code\":\"USAGE\",\"message\":\"unknown command 'cal'; did you mean"
                + " call?\"}}\n");
    assertThat(cli.run("call", "math/add", "--", "5", "6").exitCode()).isEqualTo(2);
  }

  @Test
  void everyCodeHasAnExitCodeThatTheHelpAndTheDocsList() throws IOException {
    String help = cli.run("help").out();
    String docs = Files.readString(Path.of("../docs/cli.md"));
    for (Code code : Code.values()) {
      assertThat(ExitCode.of(code)).isNotEqualTo(ExitCode.OK);
    }
    ExitCode.table()
        .forEach(
            (number, meaning) -> {
              assertThat(help)
                  .containsPattern(" " + number + " +" + java.util.regex.Pattern.quote(meaning));
              assertThat(docs).contains("| " + number + " | " + meaning + " |");
            });
  }

  @Test
  void everyCommandHasHelpAndIsInTheDocs() throws IOException {
    String docs = Files.readString(Path.of("../docs/cli.md"));
    for (String command :
        List.of(
            "run",
            "call",
            "publish",
            "tail",
            "services",
            "deliveries",
            "trace",
            "doctor",
            "version",
            "help",
            "completion")) {
      var help = cli.run(command, "--help");
      assertThat(help.exitCode()).isZero();
      assertThat(help.out()).contains("Usage: runar " + command);
      assertThat(cli.run("help", command)).isEqualTo(help);
      assertThat(docs).contains("## runar " + command);
    }
  }

  @Test
  void doctorFindsARunningNode() {
    cli.serve("blue", InMemoryNode.withMath());

    var text = cli.run("doctor");
    assertThat(text.exitCode()).isZero();
    assertThat(text.out())
        .contains("ok    versions        runar " + Node.version())
        .contains("ok    control folder  " + cli.folder.path() + ", yours alone")
        .contains("ok    node blue       process 7, app.ts, GraalVM CE (JIT)");
    assertThat(cli.run("doctor", "--json").out())
        .startsWith("{\"ok\":true,\"checks\":[{\"level\":\"ok\",\"subject\":\"versions\"");
  }

  @Test
  void doctorFailsWhenTheFolderIsOpenToOthers() throws IOException {
    cli.folder.prepare();
    Files.setPosixFilePermissions(
        cli.folder.path(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));

    var result = cli.run("doctor");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains("fail  control folder  the control folder " + cli.folder.path())
        .contains("-> run: chmod 700 " + cli.folder.path());
  }

  @Test
  void theVersionIsTheOneOfTheBuild() {
    assertThat(Node.version()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(cli.run("version").out()).startsWith("runar " + Node.version() + "\njava 25");
    assertThat(cli.run("version", "--json").out()).startsWith("{\"runar\":\"" + Node.version());
  }

  @Test
  void theLogIsOneLineARecord() {
    var record = new java.util.logging.LogRecord(java.util.logging.Level.WARNING, "port={0}");
    record.setParameters(new Object[] {"80"});
    record.setLoggerName("runar.node");

    assertThat(new NodeLog.Line(new Paint(false)).format(record))
        .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} warn  runar\\.node port=80\n");
  }

  @Test
  void completionIsAScriptThatBashReads() throws Exception {
    Path script = folder.resolve("completion.sh");
    Files.writeString(script, cli.run("completion", "bash").out());

    assertThat(Files.readString(script)).contains("complete -F _complete_runar", "--log-level");
    assertThat(new ProcessBuilder("bash", "-n", script.toString()).inheritIO().start().waitFor())
        .isZero();
  }

  /** Help must be there at once: neither the script engine nor the network library is touched. */
  @ParameterizedTest
  @ValueSource(
      strings = {"--version", "--help", "help run", "version", "completion bash", "doctor"})
  void theseCommandsLoadNoEngineAndNoNetwork(String arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.runar.cli.Main"));
    command.addAll(List.of(arguments.split(" ")));
    Path log = folder.resolve("classes.log");
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    process.environment().remove("XDG_RUNTIME_DIR");
    Process started = process.start();
    assertThat(started.waitFor(50, TimeUnit.SECONDS)).isTrue();

    assertThat(started.exitValue()).isZero();
    List<String> loaded = Files.readAllLines(log, StandardCharsets.UTF_8);
    assertThat(loaded).anyMatch(line -> line.contains("dev.runar.cli.Cli "));
    assertThat(loaded)
        .noneMatch(
            line ->
                line.matches(
                    ".*\\] (org\\.graalvm|com\\.oracle\\.truffle|com\\.oracle\\.js|io\\.netty|"
                        + "com\\.caoccao|dev\\.runar\\.internal\\.(node|script|server|boot))\\..*"));
  }
}
