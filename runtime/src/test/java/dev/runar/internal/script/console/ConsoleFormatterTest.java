package dev.runar.internal.script.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class ConsoleFormatterTest {
  private Context context;
  private ConsoleFormatter formatter;

  @BeforeEach
  void open() {
    context = ScriptContexts.open();
    formatter = ConsoleFormatter.create(context);
  }

  @AfterEach
  void close() {
    context.close(true);
  }

  @Test
  void everyExpressionPrintsAsInNode() {
    List<String> expressions = NodeConsole.lines("expressions.txt");
    List<String> expected = NodeConsole.run(program(expressions));
    assertThat(expressions).hasSizeGreaterThan(150);
    assertThat(expected).hasSameSizeAs(expressions);
    var differing = new TreeMap<String, String>();
    for (int i = 0; i < expressions.size(); i++) {
      String actual = print(expressions.get(i));
      if (!actual.equals(expected.get(i))) {
        differing.put(
            expressions.get(i), "\n--- node\n" + expected.get(i) + "\n--- here\n" + actual + "\n");
      }
    }
    assertThat(differing).isEmpty();
  }

  private static String program(List<String> expressions) {
    var program = new StringBuilder("const { format } = require('util');\nconst out = [];\n");
    for (String expression : expressions) {
      program
          .append("out.push(format(...(0, eval)(")
          .append(JsonMapper.shared().writeValueAsString(NodeConsole.argumentsOf(expression)))
          .append(")));\n");
    }
    return program.append("console.log(JSON.stringify(out));\n").toString();
  }

  @Test
  void anErrorPrintsItsOwnStack() {
    String text =
        print(
            "(() => { function f() { throw new TypeError('x') } try { f() } catch (e) { return e }"
                + " })()");
    assertThat(text).startsWith("TypeError: x\n    at f (").contains("\n    at Unnamed:1:");
  }

  @Test
  void iteratorsAndPromisesOfObjectsSayWhatIsNotKnown() {
    assertThat(print("new Map([[1, 2]]).entries(), new Set([1]).values()"))
        .isEqualTo("[Map Iterator] { <items unknown> } [Set Iterator] { <items unknown> }");
    assertThat(print("Promise.resolve({ a: 1 }), Promise.resolve([1])"))
        .isEqualTo("Promise { [Object] } Promise { [Array] }");
    assertThat(
            print(
                "(() => { const p = Promise.reject(new TypeError('x')); p.catch(() => {}); return p"
                    + " })()"))
        .isEqualTo("Promise { <rejected> [TypeError: x] }");
  }

  @Test
  void whatThrowsIsPrintedAndDoesNotEscape() {
    assertThat(print("'%s', { toString() { throw new Error('no') } }")).isEqualTo("[Thrown: no]");
    assertThat(print("'%d', { valueOf() { throw 'no' } }")).isEqualTo("[Thrown: no]");
    assertThat(print("'%j', { toJSON() { throw new Error('no') } }")).isEqualTo("[Thrown: no]");
    assertThat(print("[{ get [Symbol.toStringTag]() { throw new Error('tag') } }, 2]"))
        .isEqualTo("[ [Thrown: tag], 2 ]");
    assertThat(
            print(
                "Object.setPrototypeOf({ a: 1 }, new Proxy({}, { getPrototypeOf() { throw 7 },"
                    + " getOwnPropertyDescriptor() { throw 8 } }))"))
        .isEqualTo("[Thrown: 8]");
    assertThat(
            print(
                "(() => { const e = new Error('x'); Object.defineProperty(e, 'stack', { get() {"
                    + " throw 1 } }); return e })()"))
        .isEqualTo("[]");
  }

  @Test
  void gettersAndTrapsAreNotRun() {
    print(
        "({ get a() { globalThis.ran = 1 } }),"
            + " new Proxy({}, new Proxy({}, { get() { globalThis.ran = 2 } }))");
    assertThat(context.eval("js", "globalThis.ran").isNull()).isTrue();
  }

  @Test
  void aScriptThatReplacesBuiltInsStillSeesItsValues() {
    context.eval(
        "js",
        """
        globalThis.value = { a: [1, new Map([[1, 'x']])], e: { f: 2 } };
        Object.getOwnPropertyDescriptor = Reflect.ownKeys = Object.keys = () => { throw 1 };
        Function.prototype.call = Function.prototype.apply = () => { throw 2 };
        Array.prototype[Symbol.iterator] = Map.prototype.entries = () => { throw 3 };
        String.prototype.slice = String.prototype.includes = () => { throw 4 };
        Object.defineProperty(Array.prototype, 0, { set() { throw 5 }, configurable: true });
        Object.defineProperty(Object.prototype, 'get', { value: 1, configurable: true });
        globalThis.Map = globalThis.Object = globalThis.String = undefined;
        """);
    assertThat(print("value")).isEqualTo("{ a: [ 1, Map(1) { 1 => 'x' } ], e: { f: 2 } }");
  }

  @Test
  void aLongMessageIsCutWithANote() {
    String text = print("'x'.repeat(5_000_000)");
    assertThat(text).hasSizeLessThan(OutputBudget.MAX_CHARACTERS + 100);
    assertThat(text).endsWith("x\n... console output cut after 1048576 characters");
  }

  @Test
  void aWideAndDeepValueIsBounded() {
    String text =
        print(
            "(() => { let v = 'x'.repeat(9000); for (let i = 0; i < 3; i++) v = Array(100).fill(v);"
                + " return v })()");
    assertThat(text).hasSizeLessThan(OutputBudget.MAX_CHARACTERS + 100).contains("...");
    assertThat(
            print(
                "(() => { const o = {}; for (let i = 0; i < 20000; i++) o['k' + i] = 1; return o"
                    + " })()"))
        .endsWith("... 10000 more properties\n}");
    assertThat(
            print(
                "(() => { let o = {};"
                    + " for (let i = 0; i < 100000; i++) o = { o }; return o })()"))
        .isEqualTo("{ o: { o: { o: [Object] } } }");
  }

  @Test
  void aModuleShowsItsBindings() throws IOException {
    Source source =
        Source.newBuilder("js", "export const a = 1; export function f() {}", "m.mjs").build();
    try (Context modules = ScriptContexts.open("js.esm-eval-returns-exports")) {
      ConsoleFormatter own = ConsoleFormatter.create(modules);
      assertThat(own.format(modules.eval(source)))
          .isEqualTo("[Module: null prototype] { a: 1, f: [Function: f] }");
    }
  }

  @Test
  void whatTheHostGaveIsNamedAndNotOpened() {
    context.getBindings("js").putMember("call", (ProxyExecutable) arguments -> "x");
    context.getBindings("js").putMember("host", new StringBuilder("secret"));
    assertThat(print("[call, host]")).isEqualTo("[ [Function (anonymous)], [Host object] ]");
  }

  @Test
  void anInterruptedScriptIsNotHeldUpByItsConsole() throws Exception {
    var spinning = new CountDownLatch(1);
    ProxyExecutable signal =
        arguments -> {
          spinning.countDown();
          return 0;
        };
    context.getBindings("js").putMember("signal", signal);
    Thread watchdog =
        Thread.startVirtualThread(
            () -> {
              try {
                spinning.await();
                context.interrupt(Duration.ofSeconds(30));
              } catch (InterruptedException | TimeoutException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThatThrownBy(() -> print("'%s', { toString() { signal(); for (;;); } }"))
        .isInstanceOfSatisfying(
            PolyglotException.class, e -> assertThat(e.isInterrupted()).isTrue());
    watchdog.join();
    assertThat(print("'still', 1")).isEqualTo("still 1");
  }

  @Test
  void theWrappedProxyBehavesAsTheNativeOne() {
    assertThat(
            print(
                "typeof Proxy, Proxy.name, Proxy.length, 'prototype' in Proxy,"
                    + " Object.keys(globalThis).includes('Proxy'),"
                    + " new Proxy([], {}) instanceof Array,"
                    + " (() => { try { Proxy({}, {}) } catch (e) { return e.name } })(),"
                    + " (() => { try { new Proxy(1, {}) } catch (e) { return e.name } })(),"
                    + " Reflect.construct(Proxy, [{ a: 1 }, {}]).a"))
        .isEqualTo("function Proxy 2 false false true TypeError TypeError 1");
  }

  private String print(String expression) {
    Value list = context.eval("js", NodeConsole.argumentsOf(expression));
    Value[] arguments = new Value[(int) list.getArraySize()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = list.getArrayElement(i);
    }
    return formatter.format(arguments);
  }
}
