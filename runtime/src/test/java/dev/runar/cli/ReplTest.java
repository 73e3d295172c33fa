package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.Shell;
import dev.runar.Shell.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code runar repl}: by a pipe, at a terminal, in a running node, and the shell behind it. */
@Timeout(120)
class ReplTest {
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

  private CliFixture.Result repl(String in, String... options) {
    cli.in = in;
    var words = new ArrayList<>(List.of("repl"));
    words.addAll(List.of(options));
    return cli.run(words.toArray(String[]::new));
  }

  @Test
  void aPipeIsAnsweredLineByLine() {
    CliFixture.Result result =
        repl(
            """
            1+1
            const x: number = await Promise.resolve(20)
            x * 2
            { c: x }
            function next(n: number) {
              return n + 1
            }
            next(x)
            let { p, q: [r] } = await { p: 1, q: [2] }
            p + r
            import { basename } from "node:path"
            basename("/a/b")
            (await import("node:path")).extname("c.d")
            console.log("printed", [1])
            class A { y = 1 }
            new A()
            "last"
            _ + "!"
            """);

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .isEqualTo(
            """
            2
            40
            { c: 20 }
            21
            3
            'b'
            '.d'
            printed [ 1 ]
            A { y: 1 }
            'last'
            'last!'
            """);
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void errorsShowTheSourceAndTheNextLineIsRun() {
    CliFixture.Result result =
        repl(
            """
            null.foo
            await Promise.reject(new TypeError("rejected"))
            a b
            import { no } from "./nowhere.ts"
            const twice = 1
            const twice = 2
            "still here"
            """);

    assertThat(result.out()).isEqualTo("'still here'\n");
    assertThat(result.err())
        .contains("Uncaught TypeError: Cannot read property 'foo' of null")
        .contains("> 1 | null.foo\n    | ^")
        .contains("Uncaught TypeError: rejected")
        .contains("Uncaught SyntaxError: Expected ';'")
        .contains("cannot find module \"./nowhere.ts\"")
        .contains("Variable \"twice\" has already been declared")
        .doesNotContain("unhandled promise rejection")
        .doesNotContain("dev.runar");
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void itLivesInTheRunningNode() throws Exception {
    Path app = folder.resolve("app.ts");
    Files.writeString(
        app,
        """
        import { Node } from "runar-ts";
        const node = new Node();
        node.addService({
          name: "math", path: "math",
          actions: { add: (a: number, b: number) => a + b },
        });
        """);
    Files.writeString(folder.resolve("helper.ts"), "export const six: number = 6;\n");
    try (Node node = Node.create(NodeConfig.DEFAULT)) {
      node.addScript(app).join();
      node.start().join();
      cli.serve("main", node);

      CliFixture.Result result =
          repl(
              """
              await services.math.add(5, 3)
              await node.request("math/add", { a: 1, b: 1 })
              (await import("./helper.ts")).six
              process.env.HOME
              await node.addService({ name: "mine", path: "mine", actions: { hi: () => "hi" } });
              await services.mine.hi()
              setTimeout(() => console.log("later"), 1); await new Promise((r) => setTimeout(r, 50))
              """,
              "--attach");

      assertThat(result.err()).isEmpty();
      assertThat(result.out()).isEqualTo("8\n2\n6\n'hi'\nlater\n");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(node.request("$registry/services/list", payload()).join().text())
                      .doesNotContain("mine"));
    }
  }

  private static dev.runar.Payload payload() {
    return dev.runar.Payload.of(null);
  }

  @Test
  void noNodeToAttachToIsSaid() {
    CliFixture.Result result = repl("1", "--attach");

    assertThat(result.exitCode()).isEqualTo(69);
    assertThat(result.err()).contains("no node is running here");
  }

  @Test
  void aFolderThatIsOpenToOthersIsRefused() throws Exception {
    Files.createDirectory(
        folder.resolve("runar"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.setPosixFilePermissions(
        folder.resolve("runar"), PosixFilePermissions.fromString("rwxr-xr-x"));

    CliFixture.Result result = repl("1", "--attach");

    assertThat(result.exitCode()).isEqualTo(77);
    assertThat(result.err()).contains("is open to others");
  }

  @Test
  void filesAreLoadedAndSaved() throws IOException {
    Path file = folder.resolve("lines.ts");
    Files.writeString(file, "const loaded: number = 3;\nloaded + 1;\n");
    Path saved = folder.resolve("saved.ts");

    CliFixture.Result result =
        repl(".load " + file + "\nloaded\n.save " + saved + "\n.nothing\n.load nowhere.ts\n");

    assertThat(result.out()).isEqualTo("4\n3\nsaved to " + saved + "\n");
    assertThat(result.err()).contains("there is no command .nothing", "there is no file nowhere");
    assertThat(saved).content().contains("const loaded: number = 3;").endsWith("loaded\n");
  }

  @Test
  void aLineThatSpinsIsInterruptedAndWhatWasDeclaredStays() throws Exception {
    try (Node node = Node.create(NodeConfig.DEFAULT)) {
      node.start().join();
      cli.serve("main", node);
      try (var client = cli.folder.connectAll().getFirst();
          Shell shell = client.shell(text -> {})) {
        assertThat(shell.evaluate("let kept = 1").join().outcome()).isEqualTo(Outcome.VALUE);
        for (String line : List.of("for (;;) {}", "await new Promise(() => {})")) {
          var spinning = shell.evaluate(line);
          while (!spinning.isDone()) {
            shell.interrupt();
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
          }
          assertThat(spinning.join()).isEqualTo(new Shell.Answer(Outcome.ERROR, "interrupted"));
        }
        assertThat(shell.evaluate("kept + 1").join().text()).isEqualTo("2");
      }
    }
  }

  @Test
  void namesPropertiesAndPathsAreCompleted() throws Exception {
    try (Node node = Node.create(NodeConfig.DEFAULT)) {
      node.addService(InMemoryNode.math()).join();
      node.start().join();
      try (Shell shell = node.openShell(text -> {}).join()) {
        var _ = shell.evaluate("const declared = { alpha: 1, beta: 2 }").join();
        assertThat(shell.complete("1 + decl").join())
            .isEqualTo(new Shell.Completion(4, List.of("declared")));
        assertThat(shell.complete("declared.al").join().candidates()).containsExactly("alpha");
        assertThat(shell.complete("JSON.str").join().candidates()).containsExactly("stringify");
        assertThat(shell.complete("await node.request(\"math/a").join())
            .isEqualTo(new Shell.Completion(20, List.of("math/add")));
        assertThat(shell.complete("services.math.e").join().candidates()).containsExactly("echo");
        assertThat(shell.complete("nothing.here.").join().candidates()).isEmpty();
      }
    }
  }

  @Test
  void itIsBounded() throws Exception {
    try (Node node = Node.create(NodeConfig.DEFAULT)) {
      node.start().join();
      try (Shell shell = node.openShell(text -> {}).join()) {
        assertThat(
                shell
                    .evaluate(
                        "Object.fromEntries(Array.from({ length: 500 }, (_, i) =>"
                            + " ['k' + i, 'y'.repeat(400)]))")
                    .join()
                    .text())
            .hasSizeLessThan(Shell.MAX_ANSWER + 100)
            .endsWith("… (cut)");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                () -> shell.evaluate("1".repeat(Shell.MAX_LINE + 1)).join())
            .isInstanceOf(CompletionException.class)
            .hasCauseInstanceOf(RunarException.class)
            .hasMessageContaining("a line of a shell has at most");
        var shells = new ArrayList<Shell>();
        org.assertj.core.api.Assertions.assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    shells.add(node.openShell(text -> {}).join());
                  }
                })
            .hasMessageContaining("shells already");
        shells.forEach(Shell::close);
      }
    }
  }

  @Test
  void aShellTakesAPlaceOfTheContextsAndGivesItBack() throws Exception {
    var config = NodeConfig.DEFAULT.withLimits(NodeConfig.DEFAULT.limits().withContexts(1));
    try (Node node = Node.create(config)) {
      node.start().join();
      for (int i = 0; i < 12; i++) { // more than there may be at a time
        Shell shell =
            await().ignoreExceptions().until(() -> node.openShell(text -> {}).join(), any -> true);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> node.openShell(text -> {}).join())
            .hasMessageContaining("a shell needs 1 script contexts, and the node has room for 0");
        shell.close();
      }
    }
  }

  @Test
  void atATerminalCtrlCInterruptsAndCtrlDLeaves() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs a pseudo-terminal");
    Path out = folder.resolve("screen.txt");
    String java =
        "%s --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp '%s' dev.runar.cli.Main repl"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"));
    var builder =
        new ProcessBuilder(
            // exec: a shell that stays in between may be killed by the Ctrl-C, as dash is
            "/usr/bin/script", "-qfec", "stty rows 24 cols 100; exec " + java, "/dev/null");
    builder.environment().put("XDG_RUNTIME_DIR", Files.createDirectory(folder.resolve("run")) + "");
    builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
    builder.environment().put("TERM", "xterm");
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try (OutputStream keys = process.getOutputStream()) {
      shows(out, "Type .help for help");
      type(keys, "40 + 2\r");
      shows(out, "42");
      type(keys, "for (;;) {}\r");
      await().pollDelay(Duration.ofMillis(700)).until(() -> true);
      type(keys, "\u0003");
      shows(out, "interrupted");
      type(keys, "JSON.strin\t");
      type(keys, "([7])\r");
      shows(out, "'[7]'");
      leave(process, keys);
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
    Path history = folder.resolve("state/runar/repl_history");
    assertThat(history).content().contains("40 + 2");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
  }

  /**
   * A Ctrl-D that comes while the terminal is not the shell's, between two lines, is none to it: so
   * it is pressed until the shell ends.
   */
  private static void leave(Process process, OutputStream keys) throws Exception {
    for (int i = 0; i < 60; i++) {
      try {
        type(keys, "\u0004");
      } catch (IOException _) { // it has ended, and its terminal with it
      }
      if (process.waitFor(1, TimeUnit.SECONDS)) {
        return;
      }
    }
    throw new AssertionError("the shell did not end");
  }

  private static void type(OutputStream keys, String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.UTF_8));
    keys.flush();
  }

  private static void shows(Path screen, String text) {
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> Files.readString(screen, StandardCharsets.ISO_8859_1).contains(text));
  }
}
