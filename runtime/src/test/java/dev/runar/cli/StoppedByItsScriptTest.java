package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A script under {@code runar run} that calls {@code node.stop()}, as in Node.js and Bun. */
@Timeout(120)
class StoppedByItsScriptTest {
  private static final Path ENDS = Path.of("../js-sdk/test/ends.json");
  private static final String NODE = "import { Node } from 'runar-ts'; const node = new Node();\n";

  @TempDir Path folder;

  /** The same programs that the SDK's tests run in Node.js and Bun. */
  static Stream<Arguments> programs() throws IOException {
    List<?> all = (List<?>) Payload.json(Files.readString(ENDS)).value();
    return all.stream().map(Map.class::cast).map(each -> Arguments.of(each.get("name"), each));
  }

  private static String lines(Object list) {
    return ((List<?>) list).stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void endsAsEverywhere(String name, Map<String, Object> program) throws Exception {
    RunProcess.Ended ended = run(lines(program.get("script")));

    assertThat(ended.code())
        .as(ended.output())
        .isEqualTo(((Number) program.get("code")).intValue());
    String printed = lines(program.get("prints"));
    if (program.get("error") instanceof String error) {
      assertThat(ended.withoutReady())
          .startsWith(printed + "runar: SCRIPT: app.mjs:")
          .contains("Error: " + error);
    } else {
      assertThat(ended.withoutReady()).as("nothing else, no error").isEqualTo(printed);
    }
  }

  /** Quiet on a machine that is busy with other things, too. */
  private RunProcess.Ended run(String script) throws Exception {
    Path file = Files.writeString(folder.resolve("app.mjs"), NODE + script);
    return new RunProcess(folder).run(file, "--set", "supervision.turnWarning=60000");
  }

  /** In Node.js it ends with 13. */
  @Test
  void aTopLevelThatWaitsForEverFails() throws Exception {
    Files.writeString(folder.resolve("runar.yaml"), "drainTimeout: 200\n");

    RunProcess.Ended ended = run("await node.stop();\nawait new Promise(() => {});\n");

    assertThat(ended.code()).isEqualTo(69);
    assertThat(ended.withoutReady())
        .contains("script ended in its work name=app.mjs#1: it was not done 200 ms after")
        .contains("runar: CONTEXT_GONE: the script context app.mjs#1 is gone");
  }

  @Test
  void whatRepeatsAndWhatGivesUpOnOthersHoldNothingUp() throws Exception {
    RunProcess.Ended ended =
        run(
            """
            await node.start();
            setInterval(() => {}, 1);
            AbortSignal.timeout(60_000);
            await node.stop();
            """);

    assertThat(ended.withoutReady()).isEmpty();
    assertThat(ended.code()).isZero();
  }

  @Test
  void aStartThatNobodyWaitsForGivesWay() throws Exception {
    RunProcess.Ended ended =
        run(
            """
            node.start().then(() => console.log('started'), () => console.log('not started'));
            await node.stop();
            console.log('stopped');
            """);

    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.withoutReady().lines())
        .contains("stopped")
        .containsAnyOf("started", "not started")
        .hasSize(2);
  }
}
