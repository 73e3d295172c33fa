package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a script may do wrong, by the numbers of the list of faults: J3 to J7, J9, X2. J1 and J8 are
 * in {@link SupervisionTest}, J2 in {@code MemoryFenceTest}, X1 in {@link EscapeTest}.
 */
@Timeout(60)
class FaultsTest {
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withSupervision(
          Supervision.DEFAULT
              .withGrace(Duration.ofMillis(100))
              .withLoadTimeout(Duration.ofSeconds(5)));

  /** For what is not answered. */
  private static final RequestOptions SHORT =
      RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(1));

  private static ScriptNode app;

  @BeforeAll
  static void start(@TempDir Path folder) {
    // The first script of a process waits for the engine and the compiler, too.
    ScriptNode.start(folder, "export {};").close();
    app =
        ScriptNode.start(
            folder,
            CONFIG,
            """
            import { Node, action } from "runar-ts";
            const node = new Node();
            const AsyncFunction = (async () => {}).constructor as any;
            let late: any;
            await node.addService({
              name: "f", path: "f",
              actions: {
                run: action({ handler: (js: string) => new Function(js)() }),
                later: action({ handler: (js: string) => new AsyncFunction(js)() }),
                hold: () => new Promise((resolve) => { late = resolve; }),
                release: () => { late(1); return true; },
                ping: () => "pong",
              },
              events: { boom: (js: string) => new Function(js)() },
            });
            """);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  private static RunarException error(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    RunarException error = catchThrowableOfType(RunarException.class, call);
    assertThat(error).isNotNull();
    return error;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "throw 42",
        "throw undefined",
        "throw null",
        "throw Symbol('s')",
        "throw 10n",
        "throw () => 1",
        "throw new Proxy({}, {})",
        "throw new Proxy({}, { get() { throw 1; }, getOwnPropertyDescriptor() { throw 2; } })",
        "throw { get message() { throw 1; }, get stack() { throw 2; }, get name() { throw 3; } }",
        "throw Object.create(null)",
        "throw new Error('x'.repeat(1e6))",
        "const e = new Error('cyclic'); e.cause = e; throw e",
        "(function deep() { deep(); })()",
        "JSON.parse('['.repeat(1e6))",
        "new RegExp('('.repeat(1e5))",
      })
  void j3WhateverIsThrownBecomesAnErrorOfOneShape(String js) {
    RunarException error = error(() -> app.call("f/run", js));
    assertThat(error.code()).isEqualTo(Code.HANDLER_FAILED);
    assertThat(error.getMessage()).isNotNull().hasSizeLessThanOrEqualTo(4_096);
    assertThat(error(() -> app.call("f/later", js)).code()).isEqualTo(Code.HANDLER_FAILED);
    assertThat(app.call("f/ping")).isEqualTo("pong");
  }

  @Test
  void j4WhatNobodyCatchesIsReportedOnceAndTheScriptLives() {
    app.call("f/run", "setTimeout(() => { throw new Error('j4 timer'); }, 1)");
    app.call("f/run", "Promise.reject(new Error('j4 early')); return 1");
    app.call(
        "f/run", "const p = Promise.reject(new Error('j4 late')); p.catch(() => {}); return 1");
    var receipt =
        ScriptNode.value(
            app.node.publish(
                "f/boom",
                Payload.of("throw new Error('j4 event')"),
                PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED)));
    assertThat(receipt.failed()).isEqualTo(1);
    for (String what : new String[] {"j4 timer", "j4 early", "j4 event"}) {
      await().until(() -> !app.logged(what).isEmpty());
      assertThat(app.logged(what)).as(what).hasSize(1);
    }
    assertThat(app.logged("j4 late")).isEmpty();
    assertThat(app.call("f/ping")).isEqualTo("pong");
  }

  @Test
  void j5APromiseThatNeverSettlesTimesOutAndWhatComesLateIsCounted() {
    long before = lateSettles();
    RunarException error =
        error(() -> ScriptNode.value(app.node.request("f/hold", Payload.of(null), SHORT)));
    assertThat(error.code()).isEqualTo(Code.TIMEOUT);
    await().until(() -> ScriptNode.map(app.status().get("requests")).get("inFlight").equals(1));
    assertThat(app.call("f/release")).isEqualTo(true);
    await().until(() -> lateSettles() == before + 1);
    assertThat(app.context()).containsEntry("pending", 0);
  }

  private static long lateSettles() {
    return ((Number) ScriptNode.map(app.status().get("requests")).get("lateSettles")).longValue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          return 10n                                   | 10
          return new Map([[1, 2]])                     | {1=2}
          return new Date(NaN)                         | !
          return -0                                    | -0.0
          return 2 ** 53 + 2                           | 9.007199254740994E15
          return '\\ud800'                              | !
          return Symbol('s')                           | UNSUPPORTED_VALUE
          return () => 1                               | UNSUPPORTED_VALUE
          const a = []; a[0] = a; return a             | UNSUPPORTED_VALUE
          return { get x() { throw new Error('x'); } } | UNSUPPORTED_VALUE
          return { toJSON() { throw new Error('x'); } }| UNSUPPORTED_VALUE
          return new Proxy({}, { ownKeys() { throw new Error('x'); } }) | UNSUPPORTED_VALUE
          return new Promise(() => {})                 | TIMEOUT
          return new WeakMap()                         | UNSUPPORTED_VALUE
          """)
  void j6EachOddValueIsMappedOrRefusedAndNeverNull(String js, String expected) {
    var options = expected.equals("TIMEOUT") ? SHORT : RequestOptions.DEFAULT;
    String got;
    try {
      Payload payload = ScriptNode.value(app.node.request("f/run", Payload.of(js), options));
      assertThat(payload.text()).as("never null").isNotEqualTo("null");
      got = String.valueOf(payload.value());
    } catch (RunarException e) {
      got = e.code().name();
    }
    if (!expected.equals("!")) { // there is a value, of a kind that Java has not
      assertThat(got).isEqualTo(expected);
    }
    assertThat(app.call("f/ping")).isEqualTo("pong");
  }

  @Test
  void j6AStringOf64MebibytesCrossesWhole() {
    Payload payload =
        ScriptNode.value(
            app.node.request("f/run", Payload.of("return 'x'.repeat(64 * 1024 * 1024)")));
    assertThat(payload.asString()).hasSize(64 << 20);
  }

  @Test
  void j7TheFirstSettlementWins() {
    assertThat(
            app.call(
                "f/run",
                "return new Promise((resolve, reject) => {"
                    + " resolve(1); resolve(2); reject(new Error('no')); })"))
        .isEqualTo(1);
    assertThat(
            error(
                    () ->
                        app.call(
                            "f/run",
                            "return new Promise((resolve, reject) => {"
                                + " reject(new Error('first')); resolve(2); })"))
                .getMessage())
        .isEqualTo("first");
    assertThat(app.call("f/run", "return { then(ok, no) { ok(1); ok(2); no(3); throw 4; } }"))
        .isEqualTo(1);
    assertThat(app.ledger().get("waiting")).isEqualTo(0L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "const x: = 1;",
        "throw new Error('top');",
        "await new Promise(() => {});",
        "import './missing';",
        "import { y } from './cycle';\nexport const x = y + 1;",
        "while (true);",
      })
  void j9AScriptThatDoesNotLoadLeavesNothing(String rest) {
    app.file("cycle.ts", "import { x } from './bad';\nexport const y = x + 1;");
    String service =
        "import { Node } from 'runar-ts';\n"
            + "await new Node().addService({ name: 'half', path: 'half', actions: { a: () => 1 }"
            + " });\n";
    RunarException error = error(() -> app.add("bad.ts", service + rest));
    assertThat(error.code()).isIn(Code.SCRIPT, Code.TIMEOUT, Code.CONTEXT_GONE);
    assertThat(error(() -> app.call("half/a")).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(app.call("f/ping")).isEqualTo("pong");
    app.add("bad.ts", service);
    assertThat(app.call("half/a")).isEqualTo(1);
    app.node.removeService("half").join();
  }

  @Test
  void j9ASourceNestedAHundredThousandDeepIsRefused() {
    RunarException error =
        error(() -> app.add("deep.js", "(".repeat(100_000) + "1" + ")".repeat(100_000)));
    assertThat(error.code()).isIn(Code.SCRIPT, Code.INTERNAL);
    assertThat(app.call("f/ping")).isEqualTo("pong");
  }

  @Test
  void x2AScriptThatTampersWithPrototypesHarmsNobodyElse() {
    app.add(
        "tamper.ts",
        """
        import { Node } from "runar-ts";
        const node = new Node();
        await node.addService({
          name: "t", path: "t",
          actions: {
            tamper() {
              (Promise.prototype as any).then = () => { throw new Error("then"); };
              (JSON as any).stringify = () => "tampered";
              (JSON as any).parse = () => "tampered";
              (Array.prototype as any)[Symbol.iterator] = () => { throw new Error("iterator"); };
              (Object.prototype as any).toJSON = () => "tampered";
              (Function.prototype as any).call = () => "tampered";
              (Function.prototype as any).apply = () => "tampered";
              Object.freeze(globalThis);
              return 1;
            },
            scalar: (a: number) => a + 1,
            soon: () => new Promise((resolve) => { setTimeout(() => resolve(7), 1); }),
          },
        });
        """);
    assertThat(app.call("t/tamper")).isEqualTo(1);
    assertThat(app.call("t/scalar", 1)).isEqualTo(2);
    assertThat(app.call("t/soon")).isEqualTo(7);
    assertThat(app.call("f/run", "return { list: [1, 2], ok: JSON.stringify({ a: 1 }) }"))
        .isEqualTo(java.util.Map.of("list", java.util.List.of(1, 2), "ok", "{\"a\":1}"));
    app.node.removeService("t").join();
  }
}
