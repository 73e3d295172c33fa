package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code node:process} does to a process of its own, and in which order callbacks run. */
@Timeout(120)
class ExitAndOrderTest {
  private static final String NODE = "import { Node } from 'runar-ts'; const node = new Node();\n";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          process.exit(3); console.log('not reached')                          | 3
          process.exitCode = 4; process.exit()                                 | 4
          setTimeout(() => process.exit(5), 1); await new Promise(() => {})    | 5
          process.exitCode = 6; await node.start(); await node.stop()          | 6
          await node.start(); Promise.resolve().then(() => process.exit(0))    | 0
          process.on('exit', (code) => console.log('exit', code)); process.exit(7) | 7
          process.exitCode = 8; throw new Error('its own failure')             | 1
          """)
  void aScriptEndsItsProcess(String script, int code) throws Exception {
    RunProcess.Ended ended =
        new RunProcess(folder)
            .run(Files.writeString(folder.resolve("app.mjs"), NODE + script + ";\n"));
    assertThat(ended.code()).as(ended.output()).isEqualTo(code);
    String expected =
        code == 7 ? "exit 7\n" : code == 1 ? "runar: SCRIPT: app.mjs:2:29: Error: its own" : "";
    assertThat(ended.withoutReady()).startsWith(expected).doesNotContain("not reached");
    assertThat(ended.output()).as("quiet").doesNotContain("process.exit()");
  }

  /** One script, run by Node.js and by us. */
  @Test
  void ticksRunBeforePromisesAndAfterThem() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("order.mjs"),
            """
            const said = [];
            const say = (text) => () => said.push(text);
            const both = (name) => {
              Promise.resolve().then(say(name + ' promise')).then(say(name + ' then'));
              queueMicrotask(say(name + ' microtask'));
              process.nextTick(say(name + ' tick'));
              process.nextTick(() => {
                process.nextTick(say(name + ' tick in a tick'));
                Promise.resolve().then(say(name + ' promise of a tick'));
              });
            };
            both('top level');
            await new Promise((done) => setTimeout(() => { both('timer'); setTimeout(done, 5); }, 1));
            await new Promise((done) => setTimeout(() => {
              Promise.resolve().then(() => { both('in a promise'); });
              setTimeout(done, 5);
            }, 1));
            console.log(said.join('\\n'));
            process.exit(0);
            """);
    RunProcess.Ended ours = new RunProcess(folder).run(script);
    RunProcess.Ended theirs;
    try {
      theirs = new RunProcess(folder).end(new ProcessBuilder("node", script.toString()));
    } catch (IOException missing) {
      Assumptions.abort("NO ORDER IS COMPARED: node is not on this machine");
      return;
    }
    assertThat(ours).isEqualTo(theirs);
  }
}
