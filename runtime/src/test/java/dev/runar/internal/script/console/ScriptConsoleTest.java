package dev.runar.internal.script.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.internal.script.console.ConsoleSink.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class ScriptConsoleTest {
  private record Message(Level level, String text) {}

  private final List<Message> messages = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong();
  private Context context;

  @BeforeEach
  void open() {
    context = ScriptContexts.open();
    var console =
        ScriptConsole.install(
            context,
            ConsoleFormatter.create(context),
            (level, text) -> messages.add(new Message(level, text)),
            clock::get);
    context.getBindings("js").putMember("console", console);
  }

  @AfterEach
  void close() {
    context.close(true);
  }

  @Test
  void everyProgramWritesAsInNode() {
    List<String> programs = NodeConsole.lines("programs.txt");
    List<String> expected = NodeConsole.run(oracle(programs));
    var differing = new TreeMap<String, String>();
    for (int i = 0; i < programs.size(); i++) {
      messages.clear();
      close();
      open();
      context.eval("js", "{" + programs.get(i) + "\n}");
      var actual = new StringBuilder();
      messages.forEach(message -> actual.append(message.text()).append('\n'));
      if (!actual.toString().equals(expected.get(i))) {
        differing.put(
            programs.get(i), "\n--- node\n" + expected.get(i) + "--- here\n" + actual + "\n");
      }
    }
    assertThat(differing).isEmpty();
  }

  private static String oracle(List<String> programs) {
    var program =
        new StringBuilder(
            """
            const { Console } = require('console');
            const { Writable } = require('stream');
            const out = [];
            function run(source) {
              let text = '';
              const write = (chunk, encoding, done) => { text += chunk; done(); };
              const stdout = new Writable({ write }), stderr = new Writable({ write });
              Function('console', source)(new Console({ stdout, stderr }));
              out.push(text);
            }
            """);
    for (String source : programs) {
      program.append("run(").append(JsonMapper.shared().writeValueAsString(source)).append(");\n");
    }
    return program.append("process.stdout.write(JSON.stringify(out));\n").toString();
  }

  @Test
  void eachMethodHasItsLevel() {
    run("for (const m of ['debug', 'log', 'info', 'warn', 'error']) console[m](m)");
    assertThat(messages)
        .containsExactly(
            new Message(Level.DEBUG, "debug"),
            new Message(Level.LOG, "log"),
            new Message(Level.INFO, "info"),
            new Message(Level.WARN, "warn"),
            new Message(Level.ERROR, "error"));
    assertThat(Level.WARN.isError()).isTrue();
    assertThat(Level.INFO.isError()).isFalse();
  }

  @Test
  void aTraceShowsTheFramesOfTheScriptOnly() {
    run("function outer() { console.trace('here %d', 1) }\nouter()");
    assertThat(messages).hasSize(1);
    assertThat(messages.getFirst().level()).isEqualTo(Level.ERROR);
    assertThat(messages.getFirst().text())
        .startsWith("Trace: here 1\n    at outer (")
        .doesNotContain("runar:");
  }

  @Test
  void aTimerPrintsWhatPassed() {
    run("console.time('t')");
    clock.addAndGet(TimeUnit.MICROSECONDS.toNanos(12_345));
    run("console.timeLog('t', { a: 1 })");
    clock.set(TimeUnit.MILLISECONDS.toNanos(61_500));
    run("console.timeEnd('t')");
    assertThat(texts()).containsExactly("t: 12.345ms { a: 1 }", "t: 1:01.500 (m:ss.mmm)");
  }

  @Test
  void unknownAndRepeatedLabelsAreWarnedOf() {
    run("console.time(); console.time(); console.timeEnd('x'); console.countReset('c')");
    assertThat(messages)
        .containsExactly(
            new Message(Level.WARN, "Warning: Label 'default' already exists for console.time()"),
            new Message(Level.WARN, "Warning: No such label 'x' for console.timeEnd()"),
            new Message(Level.WARN, "Warning: Count for 'c' does not exist"));
  }

  @Test
  void labelsBeyondTheLimitAreRefusedAndWarnedOf() {
    run("for (let i = 0; i <= 1000; i++) console.count('c' + i); console.count('c1')");
    assertThat(texts().subList(999, 1002))
        .containsExactly(
            "c999: 1", "Warning: console.count() keeps 1000 labels; 'c1000' is refused", "c1: 2");
    messages.clear();
    run("for (let i = 0; i <= 1000; i++) console.time('t' + i)");
    assertThat(texts())
        .containsExactly("Warning: console.time() keeps 1000 labels; 't1000' is refused");
  }

  @Test
  void endlessGroupsDoNotGrowTheIndentation() {
    run("for (let i = 0; i < 5000; i++) console.group(); console.log('x')");
    assertThat(texts()).containsExactly(" ".repeat(200) + "x");
  }

  @Test
  void aHugeTableIsCut() {
    run("console.table(Array.from({ length: 5000 }, (_, i) => ({ ['k' + i]: i })))");
    assertThat(texts().getFirst()).endsWith("\n... 4000 more rows");
    assertThat(texts().getFirst().lines().findFirst().orElseThrow().chars().filter(c -> c == '┬'))
        .hasSize(TableText.MAX_COLUMNS);
  }

  @Test
  void aHostileTableIsPrinted() {
    run(
        "console.table([{ get a() { throw new Error('no') } }, new Proxy({ b: 1 },"
            + " { ownKeys() { throw 1 } })])");
    assertThat(texts().getFirst()).contains("[Getter]").contains("│   │ 1 │".substring(3));
  }

  @Test
  void aConversionThatThrowsOnALabelReachesTheScript() {
    assertThatThrownBy(() -> run("console.count(Symbol('x'))"))
        .isInstanceOf(PolyglotException.class)
        .hasMessageContaining("TypeError");
    run("console.assert(false, { toString() { throw 1 } })");
    assertThat(texts()).containsExactly("Assertion failed");
  }

  private void run(String source) {
    context.eval("js", source);
  }

  private List<String> texts() {
    return messages.stream().map(Message::text).toList();
  }
}
