package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The test kit {@code runar-ts/test} under {@code runar test}. What it promises, and what the real
 * node promises, are the same tests: those of the SDK, which run them in Node.js.
 */
@Timeout(120)
class TestKitTest {
  private static final Path KIT_TESTS = Path.of("../js-sdk/test/kit");

  @TempDir Path folder;
  private CliFixture cli;

  @BeforeEach
  void start() throws IOException {
    cli = new CliFixture(folder);
    cli.realNodes = true;
    Files.writeString(folder.resolve("package.json"), "{}");
    try (var files = Files.list(KIT_TESTS)) {
      for (Path file : files.filter(each -> !each.endsWith("contract.test.ts")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  @AfterEach
  void stop() {
    cli.close();
  }

  private CliFixture.Result run(String name, String text) throws Exception {
    Path file = Files.writeString(folder.resolve(name), text);
    return cli.run("test", "--reporter=tap", file.toString());
  }

  /** The same file that Vitest runs. */
  @Test
  void theTestsOfTheKitItselfPassHereToo() throws Exception {
    String kit = folder.resolve("kit.test.ts").toString();
    String faults = folder.resolve("faults.test.ts").toString();

    var result = cli.run("test", "--reporter=tap", kit, faults);

    assertThat(result.out()).contains("# fail 0").contains("# pass 23");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void theTestsOfItsStreamsAndOptionsPassHereToo() throws Exception {
    String streams = folder.resolve("stream.test.ts").toString();
    String options = folder.resolve("options.test.ts").toString();

    String lives = folder.resolve("life.test.ts").toString();

    var result = cli.run("test", "--reporter=tap", streams, options, lives);

    assertThat(result.out()).contains("# fail 0").contains("# pass 23");
    assertThat(result.exitCode()).isZero();
  }

  private static long passed(CliFixture.Result result) {
    return result.out().lines().filter(line -> line.startsWith("ok ")).count();
  }

  @Test
  void theRealNodeKeepsTheContract() throws Exception {
    var result =
        run(
            "real.test.ts",
            """
            import { test } from "node:test";
            import { Node } from "runar-ts";
            import { contract } from "./contract.ts";

            const node = new Node();
            contract(test, () => node);
            """);

    assertThat(result.out()).contains("# fail 0");
    assertThat(passed(result)).isGreaterThanOrEqualTo(30);
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void theTestNodeKeepsTheContractHereToo() throws Exception {
    var result =
        run(
            "kit.test.ts",
            """
            import { before, test } from "node:test";
            import { TestNode } from "runar-ts/test";
            import { contract } from "./contract.ts";

            const node = new TestNode({ autoAdvance: true });
            before(() => node.start());
            contract(test, () => node);
            """);

    assertThat(result.out()).contains("# fail 0");
    assertThat(passed(result)).isGreaterThanOrEqualTo(30);
    assertThat(result.exitCode()).isZero();
  }
}
