package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.runar.Payload;
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
import org.junit.jupiter.params.provider.CsvSource;

/** {@code runar new}: what it makes runs, passes its tests and has no type errors. */
@Timeout(180)
class NewCommandTest {
  private static final Path MODULES =
      Path.of("../js-sdk/node_modules").toAbsolutePath().normalize();
  private static final Path COMPILER = MODULES.resolve(".bin/tsc");

  @TempDir Path folder;
  private CliFixture cli;

  @BeforeEach
  void start() {
    cli = new CliFixture(folder);
    cli.realNodes = true;
  }

  @AfterEach
  void stop() {
    cli.close();
  }

  @Test
  void theProjectIsMadeAndSaysHowToGoOn() throws Exception {
    Path app = folder.resolve("my-app");

    CliFixture.Result result = cli.run("new", app.toString());

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith(
            "made my-app: .gitignore, .vscode/launch.json, README.md, app.ts, guestbook.test.ts,"
                + " guestbook.ts, package.json, public/index.html, tsconfig.json\nnext:\n  cd "
                + app
                + "\n  runar dev app.ts ");
    assertThat(app.resolve("package.json")).content().contains("\"name\": \"my-app\"");
    assertThat(app.resolve("public/index.html")).content().contains("<title>my-app</title>");
    assertThat(app.resolve(".runar/types/test/index.ts")).exists();
    try (var files = Files.walk(app)) {
      assertThat(files.filter(Files::isRegularFile))
          .allSatisfy(file -> assertThat(file).content().doesNotContain("{{"));
    }
  }

  @Test
  void anEmptyFolderIsTakenAndJsonNamesTheFiles() throws Exception {
    Path app = Files.createDirectory(folder.resolve("empty"));

    CliFixture.Result result = cli.run("new", app.toString(), "--json");

    assertThat(Payload.json(result.out()).asMap())
        .containsEntry("name", "empty")
        .containsEntry("folder", app.toString());
    assertThat(cli.run("new", app.toString()).err())
        .startsWith(
            "runar: DUPLICATE: "
                + app
                + " is not empty: it has .gitignore, .runar, .vscode …; name a folder that is not"
                + " there yet");
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    Path file = Files.writeString(folder.resolve("taken"), "mine");

    CliFixture.Result result = cli.run("new", file.toString());

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("taken is a file; name a folder that is not there yet");
    assertThat(file).hasContent("mine");
  }

  @ParameterizedTest
  @CsvSource({
    "My App,did you mean my-app?",
    ".hidden,did you mean hidden?",
    "Ünï,did you mean n?",
    "-,at most 214",
  })
  void aBadNameIsRefusedAndNothingIsMade(String name, String says) throws Exception {
    CliFixture.Result result = cli.run("new", "--", folder.resolve(name).toString());

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("\"" + name + "\" cannot be the name of a project", says);
    assertThat(folder.resolve(name)).doesNotExist();
  }

  @Test
  void itsTestsPass() throws Exception {
    Path app = folder.resolve("tested");
    cli.run("new", app.toString());

    CliFixture.Result result = cli.run("test", "--reporter=tap", app.toString());

    assertThat(result.out()).contains("# pass 3").contains("# fail 0");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void itHasNoTypeErrorsAndItsTypesAreKeptUpToDate() throws Exception {
    assumeThat(COMPILER).exists();
    Path app = folder.resolve("checked");
    cli.run("new", app.toString());
    Path compiler = app.resolve("node_modules/.bin/tsc");
    Files.createDirectories(compiler.getParent());
    Files.createSymbolicLink(compiler, COMPILER);
    for (String types : List.of("@types", "undici-types")) {
      Files.createSymbolicLink(app.resolve("node_modules").resolve(types), MODULES.resolve(types));
    }
    Path types = app.resolve(".runar/types/index.ts");
    Files.writeString(types, "export const old: 1;");

    CliFixture.Result result = cli.run("check", app.resolve("app.ts").toString());

    assertThat(result.out()).contains("types     ok").contains("modules   2 read, ok");
    assertThat(result.exitCode()).isZero();
    assertThat(types).content().contains("defineService");
    CliFixture.Result tests = cli.run("check", app.resolve("guestbook.test.ts").toString());
    assertThat(tests.out()).contains("types     ok").contains("read, ok");
    assertThat(tests.exitCode()).isZero();
    Files.writeString(
        app.resolve("wrong.ts"),
        """
        import { Node } from "runar-ts";
        import { TestNode } from "runar-ts/test";
        import { makeGuestbook } from "./guestbook.ts";
        const book: Node = new TestNode();
        void book.client(makeGuestbook()).sgin({ name: "Ann" });
        """);
    CliFixture.Result wrong = cli.run("check", app.resolve("wrong.ts").toString());
    assertThat(wrong.out()).contains("wrong.ts").contains("'sgin' does not exist");
    assertThat(wrong.exitCode()).isEqualTo(1);
  }

  /** As in a shell: with relative paths, and nothing but the JDK. */
  @Test
  void itIsMadeAndRunByProcessesOfTheirOwn() throws Exception {
    Process made = runar(folder, "new", "my-app");
    String says = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(says).contains("next:\n  cd my-app\n  runar dev app.ts");
    Path app = folder.resolve("my-app");

    Process running = runar(app, "run", "app.ts", "--port", "0");
    try {
      String ready;
      do {
        ready = running.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(ready).as("the node ended").isNotNull();
      } while (!ready.contains("ready"));
      assertThat(ready).contains("(guestbook)");

      Process signed = runar(app, "call", "guestbook/sign", "--name", "Ann", "--text", "Hello");
      String entry = new String(signed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(Payload.json(entry).asMap()).containsEntry("text", "Hello");
      assertThat(signed.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(signed.exitValue()).isZero();
    } finally {
      running.destroy();
      assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private Process runar(Path in, String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                absoluteClassPath(),
                "dev.runar.cli.Main"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(in.toFile());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
    return builder.start();
  }

  /** The process has another working folder. */
  private static String absoluteClassPath() {
    return List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator)).stream()
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .reduce((a, b) -> a + java.io.File.pathSeparator + b)
        .orElseThrow();
  }
}
