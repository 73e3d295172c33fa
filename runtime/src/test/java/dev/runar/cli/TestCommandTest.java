package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** {@code runar test} with real nodes: what it runs, how it tells it, and its exit codes. */
@Timeout(120)
class TestCommandTest {
  private static final String APP =
      """
      import { Node } from "runar-ts";
      const node = new Node({ server: { port: 3000 } });
      let count = 0;
      node.addService({ name: "counter", path: "counter", actions: { add: (by: number) => (count += by) } });
      """;

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

  private String file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return file.toString();
  }

  @Test
  void namesNestingAndResultsAreThoseOfNode() throws Exception {
    assumeThat(output("node", "--version")).startsWith("v20.");
    String text;
    try (InputStream in = TestCommandTest.class.getResourceAsStream("as-node.test.js")) {
      text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    String file = file("as-node.test.js", text);
    String node = output("node", "--test", "--test-reporter=tap", file);

    CliFixture.Result ours = cli.run("test", "--reporter=tap", file);

    assertThat(ours.exitCode()).isEqualTo(1);
    assertThat(results(ours.out())).hasSizeGreaterThan(80).isEqualTo(results(node));
    assertThat(kinds(ours.out())).hasSizeGreaterThan(15).isEqualTo(kinds(node));
  }

  private static String output(String... command) throws Exception {
    Path out = Files.createTempFile("node", ".txt");
    try {
      Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return Files.readString(out);
    } catch (IOException notThere) {
      return "";
    } finally {
      Files.delete(out);
    }
  }

  @Test
  void aTestMayStopTheNode() throws Exception {
    String file =
        file(
            "stops.test.mjs",
            """
            import { after, test } from "node:test";
            import { Node } from "runar-ts";
            const node = new Node();
            node.addService({ name: "s", path: "s", actions: { a: () => 1 } });
            test("answers", async () => {
              if ((await node.request("s/a")) !== 1) throw new Error("no answer");
            });
            test("stops", () => node.stop());
            test("goes on for longer than it would be waited for", async () => {
              await new Promise((done) => setTimeout(done, 400));
              await node.request("s/a").then(
                () => { throw new Error("an answer"); },
                (error) => { if (error.code !== "SHUTDOWN") throw error; },
              );
            });
            after(() => node.stop());
            """);

    CliFixture.Result result = cli.run("test", "--reporter=tap", file);

    assertThat(result.exitCode()).as(result.out()).isZero();
    assertThat(result.out()).contains("# tests 3", "# pass 3");
  }

  @Test
  void aTestFileThatStopsTheNodeItselfHasNoTestsToRun() throws Exception {
    String file =
        file("stops.test.mjs", "import { Node } from 'runar-ts';\nawait new Node().stop();\n");

    CliFixture.Result result = cli.run("test", "--reporter=tap", file);

    assertThat(result.exitCode()).as(result.out()).isZero();
  }

  /** What was run, how it ended and what was counted; not how long it took. */
  private static List<String> results(String tap) {
    return tap.lines()
        .filter(line -> line.matches(" *(TAP|ok |not ok |# |1\\.\\.).*"))
        .filter(line -> !line.startsWith("# duration_ms"))
        .toList();
  }

  private static List<String> kinds(String tap) {
    return tap.lines().map(String::strip).filter(line -> line.startsWith("failureType")).toList();
  }

  @Test
  void aFailureShowsTheDifferenceAndTheLineOfTypeScript() throws Exception {
    String file =
        file(
            "sum.test.ts",
            """
            import { test } from "node:test";
            import assert from "node:assert";
            interface Sum { a: number; b: number[] }

            test("sums", () => {
              const sum: Sum = { a: 1, b: [1, 2] };
              assert.deepStrictEqual(sum, { a: 1, b: [1, 3] });
            });
            """);

    CliFixture.Result result = cli.run("test", file);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains(
            String.join(
                "\n  ",
                "+ actual - expected",
                "  {",
                "    a: 1,",
                "    b: [",
                "      1,",
                "+     2",
                "-     3",
                "    ]",
                "  }"))
        .contains("> 7 |   assert.deepStrictEqual(sum")
        .contains("at " + file + ":7:10")
        .contains("✖ failing tests:\n  sums  " + file + ":5:1")
        .doesNotContain("runar-node")
        .doesNotContain("dev.runar");
  }

  @Test
  void filesDoNotSeeEachOther() throws Exception {
    file("package.json", "{}");
    file("app.ts", APP);
    String body =
        """
        import "./app.ts";
        import { test } from "node:test";
        import assert from "node:assert/strict";
        import { Node } from "runar-ts";
        const node = new Node();
        test("counts from nothing", async () => {
          assert.equal(await node.request("counter/add", { by: 2 }), 2);
          console.log("counted");
        });
        """;
    file("one.test.ts", body);
    file("inner/two.test.mts", body.replace("./app", "../app"));
    file("node_modules/other/three.test.js", "throw new Error('not ours')");

    CliFixture.Result result = cli.run("test", folder.toString(), "--reporter=tap");

    assertThat(result.out())
        .contains("ok 1 - counts from nothing", "ok 2 - counts from nothing", "1..2", "# counted");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void theTestsOfAnAppWithInstancesRunOnce() throws Exception {
    String file =
        file(
            "instances.test.ts",
            """
            import { before, describe, test } from "node:test";
            import assert from "node:assert";
            import { Node } from "runar-ts";
            const node = new Node();
            await test("first", () => assert.strictEqual(node.instance, undefined));
            await node.addService({
              name: "m", path: "m", instances: 2, actions: { who: () => node.instance },
            });
            describe("calls", () => {
              before(() => assert.strictEqual(node.instance, undefined));
              test("are answered by an instance", async () => {
                assert.ok([0, 1].includes(await node.request("m/who")));
              });
            });
            test("fails", () => assert.fail("once"));
            """);

    CliFixture.Result result = cli.run("test", "--reporter=tap", file);

    assertThat(result.out())
        .contains("# tests 3", "# suites 1", "# pass 2", "# fail 1")
        .containsOnlyOnce("ok 1 - first")
        .containsOnlyOnce("ok 1 - are answered by an instance")
        .containsOnlyOnce("not ok 3 - fails");
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void whatHangsOrSpinsIsNamedAndTheNextFileRuns() throws Exception {
    cli.configs =
        (file, flags) ->
            dev.runar.Configuration.load(
                new dev.runar.Configuration.Sources(file, java.util.Map.of(), flags));
    file("runar.yaml", "limits:\n  turnBudget: 2000\n");
    String hangs =
        file(
            "hangs.test.ts",
            "import { test } from 'node:test';\n"
                + "test('never ends', () => new Promise(() => {}));\n");
    String spins =
        file(
            "spins.test.ts",
            """
            import { describe, it } from "node:test";
            describe("outer", () => { it("spins", () => { for (;;) {} }); });
            """);
    String passes = file("z.test.ts", "import { test } from 'node:test';\ntest('passes');\n");

    CliFixture.Result result =
        cli.run("test", hangs, spins, passes, "--timeout=200", "--reporter=tap");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains("not ok 1 - never ends", "test timed out after 200ms")
        .contains("not ok 2 - " + spins, "in the test \"outer > spins\": a turn of script context")
        .contains("ok 3 - passes");
  }

  @Test
  void aFileThatDoesNotLoadIsAFailedTest() throws Exception {
    String file = file("broken.test.ts", "import './nowhere.ts';\n");

    CliFixture.Result result = cli.run("test", file, "--reporter=tap");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains("not ok 1 - " + file)
        .contains("cannot find module \"./nowhere.ts\"")
        .contains("# fail 1");
  }

  @Test
  void theXmlIsWellFormedWhateverTheNamesAre() throws Exception {
    String file =
        file(
            "odd.test.js",
            """
            import { test, describe, it } from "node:test";
            describe("a <b> & \\"c\\"", () => {
              it("fails ]]> \\u0000 \\u001b[31m", () => { throw new Error("x\\u0001 <y> &"); });
              it("is to be done", { todo: "later" });
            });
            console.log("<out>");
            """);
    Path xml = folder.resolve("tests.xml");

    CliFixture.Result result =
        cli.run("test", file, "--reporter=junit", "--reporter-destination=" + xml);

    assertThat(result.exitCode()).isEqualTo(1);
    var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml.toFile());
    var suite = (Element) document.getElementsByTagName("testsuite").item(0);
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    var failed = (Element) document.getElementsByTagName("testcase").item(0);
    assertThat(failed.getAttribute("classname")).isEqualTo(file + " > a <b> & \"c\"");
    assertThat(failed.getElementsByTagName("failure").item(0).getTextContent()).contains("<y> &");
    assertThat(suite.getElementsByTagName("system-out").item(0).getTextContent()).contains("<out>");
  }

  @Test
  void mocksAndTimersOfNode() throws Exception {
    String file =
        file(
            "mocks.test.ts",
            """
            import { test, mock } from "node:test";
            import assert from "node:assert/strict";
            test("functions", (t) => {
              const add = t.mock.fn((a: number, b: number) => a + b);
              assert.equal(add(1, 2), 3);
              assert.deepEqual(add.mock.calls[0].arguments, [1, 2]);
              const thing = { twice(n: number) { return n * 2; } };
              const twice = t.mock.method(thing, "twice", () => 7);
              assert.equal(thing.twice(2), 7);
              assert.equal(twice.mock.callCount(), 1);
              twice.mock.restore();
              assert.equal(thing.twice(2), 4);
            });
            test("timers", (t) => {
              t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1000 });
              const called = t.mock.fn();
              const again = setTimeout(called, 500).unref();
              const cleared = [setTimeout(called, 500), setTimeout(called, 500), setTimeout(called, 500)];
              clearTimeout(cleared[0]);
              clearTimeout(+cleared[1]);
              cleared[2].close();
              t.mock.timers.tick(499);
              assert.equal(called.mock.callCount(), 0);
              t.mock.timers.tick(1);
              assert.equal(called.mock.callCount(), 1);
              assert.equal(Date.now(), 1500);
              for (const timer of cleared) timer.refresh();
              again.refresh();
              t.mock.timers.tick(500);
              assert.equal(called.mock.callCount(), 2);
            });
            test("are over", () => assert.ok(Date.now() > 1_000_000));
            """);

    CliFixture.Result result = cli.run("test", file);

    assertThat(result.out()).contains("pass 3");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void whatIsAskedForWronglyIsSaid() throws Exception {
    assertThat(cli.run("test", folder.toString()).exitCode()).isEqualTo(66);
    String file = file("a.test.js", "");
    assertThat(cli.run("test", file, "--reporter=tap", "--reporter=spec").exitCode()).isEqualTo(2);
    assertThat(cli.run("test", file, "--test-name-pattern=(").exitCode()).isEqualTo(2);
    assertThat(cli.run("test", folder.resolve("none.test.ts").toString()).err())
        .contains("there is no file");
  }
}
