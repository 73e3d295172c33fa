package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script reaches nothing of the host that was not given to it: X1 of the list of faults. */
@Timeout(60)
class EscapeTest {
  private static ScriptNode app;

  @BeforeAll
  static void start(@TempDir Path parent) throws IOException {
    Path folder = Files.createDirectories(parent.resolve("project"));
    Files.writeString(parent.resolve("secret.json"), "{\"secret\":\"s3cret\"}");
    Files.writeString(parent.resolve("secret.js"), "export default 's3cret';");
    Files.createSymbolicLink(folder.resolve("link.js"), parent.resolve("secret.js"));
    Files.createSymbolicLink(folder.resolve("up"), parent);
    app =
        ScriptNode.start(
            folder,
            """
            import { Node, action } from "runar-ts";
            import { host } from "runar:host";
            const node = new Node();
            /** Every object that a script is handed, by name. */
            const handed: Record<string, any> = { host, node, broker: node.broker };
            const AsyncFunction = (async () => {}).constructor as any;
            await node.addService({
              name: "e", path: "e",
              actions: {
                attempt: action({
                  async handler(js: string, ctx: any) {
                    handed.ctx = ctx;
                    const { call, delivery, session } = captured;
                    try {
                      const run = new AsyncFunction(
                        "handed", "call", "delivery", "session", "load_", `return (${js});`);
                      const got = await run(handed, call, delivery, session, (s: string) => import(s));
                      return got === undefined || got === null ? "nothing" : "got " + String(got);
                    } catch (error: any) {
                      return `threw ${error?.name}: ${error?.message}`;
                    }
                  },
                }),
              },
            });
            // The host's own objects, as the SDK gets them and hands them to nobody.
            const captured: Record<string, any> = {};
            const definition = { name: "raw", path: "raw", actions: [{ name: "c", params: null }],
              events: [{ pattern: "t" }], sockets: ["/raw"] };
            await (host as any).addService(JSON.stringify(definition), {
              actions: { c: (call: any) => { captured.call = call; return 1; } },
              events: { t: (_: any, delivery: any) => { captured.delivery = delivery; } },
              sockets: {
                "/raw": { message: (session: any) => { captured.session = session; } },
              },
            });
            """);
    app.call("raw/c");
    ScriptNode.value(
        app.node.publish(
            "raw/t", Payload.of(1), PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED)));
    app.connect("/raw").send("x");
    await().until(() -> !attempt("session.id()").startsWith("threw"));
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  private static String attempt(String js) {
    return (String) app.call("e/attempt", js);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // the engine's doors to the host
        "Java",
        "Java.type('java.lang.System')",
        "globalThis.Java",
        "Packages",
        "Packages.java.lang.System",
        "java.lang.System",
        "javax",
        "org.graalvm.polyglot.Engine",
        "com.sun",
        "edu",
        "javafx",
        "JavaImporter",
        "Polyglot",
        "Polyglot.eval('js', '1')",
        "Polyglot.import('x')",
        "Graal",
        "Graal.versionGraalVM",
        // the engine's own globals
        "load",
        "load('/etc/passwd')",
        "loadWithNewGlobal('/etc/passwd')",
        "print",
        "printErr",
        "quit()",
        "exit(1)",
        "read('/etc/passwd')",
        "readFully('/etc/passwd')",
        "readline()",
        "arguments_",
        "$EXEC",
        "$ENV",
        "$OPTIONS",
        "$SCRIPT",
        "__FILE__",
        "__DIR__",
        "__LINE__",
        "Debug",
        "Interop",
        "Realm",
        "Testing262",
        "d8",
        "performance.constructor.getClass",
        // Node's
        "process.env.HOME",
        "process.env.PATH",
        "process.binding('fs')",
        "process.dlopen({}, '/lib/libc.so.6')",
        "process.mainModule.require('fs')",
        "process.getBuiltinModule('fs')",
        "process.kill(1)",
        "require",
        "require('fs')",
        "module",
        "exports",
        "__dirname",
        "__filename",
        "Buffer.getClass",
        "global.Java",
        "Deno",
        "Bun",
        // Java's class objects by what the host gave
        "handed.host.getClass",
        "handed.host.getClass()",
        "handed.host.constructor.getClass",
        "handed.host.request.getClass",
        "call.getClass",
        "call.getClass()",
        "call.class",
        "call.requestId.getClass",
        "call.requestId.class",
        "call.hashCode()",
        "call.equals(call)",
        "call.notifyAll()",
        "call.wait()",
        "call.accept",
        "call.call",
        "call.scope",
        "call.context",
        "call.awaited()",
        "call.constructor.constructor('return Java')()",
        "call['constructor']['getClass']",
        "call.__proto__.getClass",
        "call.toString.class",
        "call.succeed.bind.class",
        "Reflect.get(call, 'getClass')",
        "Object.getOwnPropertyDescriptor(call, 'getClass')",
        "call.static",
        "call.forName",
        "call.getClass.forName('java.lang.Runtime')",
        "call.onCancel.getClass()",
        "delivery.getClass",
        "delivery.class",
        "delivery.delivery",
        "delivery.context",
        "delivery.event().payload",
        "delivery.accept",
        "session.getClass",
        "session.class",
        "session.session",
        "session.context",
        "session.send.getClass",
        "session.constructor.class",
        "handed.ctx.getClass",
        "handed.ctx['#call']",
        "handed.node.getClass",
        "handed.broker.getClass",
        // code made at run time has no more
        "new Function('return Java')()",
        "(0, eval)('Java')",
        "eval('Packages')",
        "Reflect.construct(Function, ['return Packages'])()",
        "(function* () {}).constructor('return load')().next().value",
        "[].constructor.constructor('return Polyglot')()",
        "Error.prepareStackTrace?.getClass",
        "new Worker('x')",
        "new SharedWorker('x')",
        "new ShadowRealm().evaluate('Java')",
        // files
        "load_('/etc/passwd')",
        "load_('file:///etc/passwd')",
        "load_('../secret.json')",
        "load_('../secret.js')",
        "load_('./../secret.js')",
        "load_('./%2e%2e/secret.js')",
        "load_('./..%2fsecret.js')",
        "load_('..\\\\secret.js')",
        "load_('./link.js')",
        "load_('./up/secret.js')",
        "load_('./up/project/../secret.js')",
        "load_('file:../secret.js')",
        "load_('FILE:///etc/passwd')",
        "load_('//etc/passwd')",
        "load_('./\\u0000../secret.js')",
        "load_('/proc/self/environ')",
        "load_('node:fs').then((fs) => fs.readFileSync('/etc/passwd', 'utf8'))",
        "load_('fs').then((fs) => fs.readFileSync('../secret.json', 'utf8'))",
        "load_('fs').then((fs) => fs.promises.readFile('./link.js', 'utf8'))",
        "load_('fs').then((fs) => fs.readdirSync('..'))",
        "load_('fs').then((fs) => fs.writeFileSync('./made.txt', 'x'))",
        "load_('module').then((m) => m.createRequire('/etc/x.js')('./passwd'))",
        "load_('node:child_process')",
        "load_('java:java.lang.System')",
        "load_('http://127.0.0.1:1/x.js')",
        "load_('jar:file:/x.jar!/a.js')",
        "load_('runar:../host')",
        "load_('runar:internal')",
        "load_('data:text/javascript,export default Java')",
        "load_('data:text/javascript,import \"/etc/passwd\"')",
        "import('/etc/passwd')",
        "eval(\"import('/etc/passwd')\")",
        "import('../secret.js')",
      })
  void x1AnAttemptGetsNothing(String js) {
    String result = attempt(js);
    assertThat(result)
        .satisfiesAnyOf(
            r -> assertThat(r).isEqualTo("nothing"), r -> assertThat(r).startsWith("threw "));
    assertThat(result).doesNotContain("s3cret", "root:", "PATH=", "threw undefined");
  }

  /** What the bridge uses is its own: a script that overwrites built-ins breaks only itself. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Promise.prototype.then = function () { throw new Error('then'); };",
        "Promise.prototype.then = function () { return this; };",
        "Promise.resolve = () => { throw new Error('resolve'); };",
        "globalThis.Promise = class {};",
        "JSON.stringify = () => '{\"hacked\":true}';",
        "JSON.parse = () => { throw new Error('parse'); };",
        "globalThis.JSON = undefined;",
        "Array.prototype[Symbol.iterator] = function () { throw new Error('iterator'); };",
        "Object.prototype.code = 'hacked'; Object.prototype.stack = 'hacked';",
        "Object.defineProperty(Object.prototype, '$', { value: 'date', configurable: true });",
        "Map.prototype.get = Map.prototype.set = Map.prototype.forEach = () => { throw 1; };",
        "Set.prototype.add = Set.prototype.forEach = () => { throw 1; };",
        "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () =>"
            + " 'hacked';",
        "Reflect.apply = () => 'hacked'; Object.keys = Object.entries = () => [];",
        "Array.isArray = () => false; Array.prototype.push = Array.prototype.map = () => 'hacked';",
        "String.prototype.slice = String.prototype.includes = () => { throw 1; };",
        "globalThis.Error = undefined; globalThis.TypeError = undefined;",
        "Error.prototype.toString = () => { throw 1; }; Error.stackTraceLimit = 0;",
        "globalThis.Uint8Array = globalThis.ArrayBuffer = undefined;",
        "Object.freeze(Object.prototype); Object.freeze(Array.prototype);"
            + " Object.freeze(globalThis);",
        "delete globalThis.setTimeout; delete globalThis.queueMicrotask; delete"
            + " globalThis.console;",
        "globalThis[Symbol.for('runar.host')] = null;",
        "Object.defineProperty(globalThis, Symbol.for('runar.host'), { value: null });",
        "Symbol.prototype.toString = () => { throw 1; }; Symbol.for = () => null;",
        "Object.setPrototypeOf(Object.prototype, null); Object.setPrototypeOf(Promise.prototype,"
            + " null);",
        "Object.prototype.__defineGetter__('name', () => { throw new Error('name'); });",
      })
  void overwrittenBuiltInsBreakNeitherTheBridgeNorOthers(String js, @TempDir Path folder) {
    try (ScriptNode own = ScriptNode.start(folder, victim(js))) {
      request(own, "v/spoil", null);
      assertThat(request(own, "v/number", null)).isEqualTo("1");
      assertThat(request(own, "v/object", null)).isEqualTo("{\"a\":[1,{\"b\":\"x\"}]}");
      assertThat(request(own, "v/late", null)).isEqualTo("{\"late\":true}");
      assertThat(request(own, "v/bytes", null)).isEqualTo("\u0001\u0002");
      assertThat(request(own, "v/echo", List.of(1, "a"))).isEqualTo("[1,\"a\"]");
      assertThat(request(own, "v/fail", null)).isEqualTo("TIMEOUT told");
      var receipt =
          ScriptNode.value(
              own.node.publish(
                  "v/tick",
                  Payload.object("a", 1),
                  PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED)));
      assertThat(receipt.handled()).isEqualTo(1);
    }
    assertThat(attempt("1 + 1")).isEqualTo("got 2");
  }

  /** Built-ins that the language itself asks: its answers may change, but each caller hears. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Promise.prototype.constructor = null;",
        "Object.defineProperty(Promise, Symbol.species, { get() { throw new Error('species'); }"
            + " });",
        "Object.prototype.toJSON = function () { return 'hacked'; };",
        "Object.prototype.then = function (resolve) { resolve('hacked'); };",
        "Object.prototype.then = function () {};",
      })
  void aScriptThatBreaksTheLanguageIsStillAnsweredFor(String js, @TempDir Path folder) {
    try (ScriptNode own = ScriptNode.start(folder, victim(js))) {
      own.add("other.ts", victim("1").replace("\"v\"", "\"other\""));
      request(own, "v/spoil", null);
      assertThat(request(own, "v/number", null)).isEqualTo("1");
      boolean neverSettles = js.endsWith("{};");
      assertThat(request(own, "v/late", null).startsWith("TIMEOUT")).isEqualTo(neverSettles);
      assertThat(request(own, "other/late", null)).isEqualTo("{\"late\":true}");
    }
  }

  private static String victim(String js) {
    return """
    import { Node, RunarError, action } from "runar-ts";
    const node = new Node();
    await node.addService({
      name: "v", path: "v",
      actions: {
        spoil: () => { (0, eval)(%s); return "spoiled"; },
        number: () => 1,
        object: () => ({ a: [1, { b: "x" }] }),
        late: async () => ({ late: true }),
        bytes: () => madeBytes,
        fail: () => { throw new RunarErrorOfOld("TIMEOUT", "told"); },
        echo: action({ handler: (v: unknown) => v }),
      },
      events: { tick: () => 1 },
    });
    const madeBytes = new Uint8Array([1, 2]);
    const RunarErrorOfOld = RunarError;
    """
        .formatted(Payload.of(js).text());
  }

  @Test
  void aScriptDoesNotSeeTheObjectsOfAnother(@TempDir Path folder) {
    try (ScriptNode two =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            (globalThis as any).mine = "one";
            (Object.prototype as any).polluted = "yes";
            await node.addService({
              name: "one", path: "one", actions: { give: () => ({ own: 1 }) },
            });
            """)) {
      two.add(
          "second.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({
            name: "two", path: "two",
            actions: {
              async look() {
                const given = await node.request<any>("one/give");
                return [typeof (globalThis as any).mine, typeof given.polluted,
                  Object.getPrototypeOf(given) === Object.prototype];
              },
            },
          });
          """);
      assertThat(two.call("two/look")).isEqualTo(List.of("undefined", "undefined", true));
    }
  }

  private static String request(ScriptNode node, String path, Object payload) {
    try {
      var options = RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(2));
      return ScriptNode.value(node.node.request(path, Payload.of(payload), options)).text();
    } catch (dev.runar.RunarException e) {
      return e.code() + " " + e.getMessage();
    }
  }
}
