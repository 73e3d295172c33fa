package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.conformance.WebNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.graalvm.polyglot.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The globals of the web as a script sees them. */
@Timeout(120)
class WebGlobalsTest {
  /** ECMA-429, and WebSocket. */
  private static final List<String> NAMES =
      List.of(
          ("AbortController AbortSignal Blob ByteLengthQueuingStrategy CompressionStream"
               + " CountQueuingStrategy Crypto CryptoKey CustomEvent DecompressionStream"
               + " DOMException ErrorEvent Event EventTarget File FormData Headers MessageChannel"
               + " MessageEvent MessagePort Performance PromiseRejectionEvent"
               + " ReadableByteStreamController ReadableStream ReadableStreamBYOBReader"
               + " ReadableStreamBYOBRequest ReadableStreamDefaultController"
               + " ReadableStreamDefaultReader Request Response SubtleCrypto TextDecoder"
               + " TextDecoderStream TextEncoder TextEncoderStream TransformStream"
               + " TransformStreamDefaultController URL URLPattern URLSearchParams WebAssembly"
               + " WebSocket WritableStream WritableStreamDefaultController"
               + " WritableStreamDefaultWriter atob btoa clearInterval clearTimeout console crypto"
               + " fetch globalThis navigator onerror onrejectionhandled onunhandledrejection"
               + " performance queueMicrotask reportError self setInterval setTimeout"
               + " structuredClone")
              .split(" "));

  /** Not of the web: of Node.js, and of the language where it is switched on. */
  private static final List<String> OTHERS =
      List.of("process", "Buffer", "global", "setImmediate", "clearImmediate");

  @TempDir Path folder;

  private String answer(String body) {
    try (ScriptNode app = start(body)) {
      return app.json("t/run");
    }
  }

  private ScriptNode start(String body) {
    return ScriptNode.start(
        folder,
        """
        import { Node } from "runar-ts";
        const node = new Node();
        await node.addService({
          name: "t", path: "t",
          actions: {
            async run() {
        %s
            },
          },
        });
        """
            .formatted(body));
  }

  @Test
  void theDataFileOfThePageNamesWhatIsThereAndNothingElse() {
    Set<String> documented = WebNames.read().names();
    assertThat(documented)
        .containsAll(NAMES.stream().filter(n -> !n.equals("globalThis")).toList());
    assertThat(
            answer(
                "const names = "
                    + Payload.of(List.copyOf(documented)).text()
                    + """
                    ;
                    return names.filter((name) => !(name in globalThis));
                    """))
        .isEqualTo("[]");
    try (Context bare = Context.create("js")) {
      Set<String> language = bare.getBindings("js").getMemberKeys();
      assertThat(globals())
          .contains("URL", "fetch")
          .allMatch(
              name ->
                  documented.contains(name)
                      || language.contains(name)
                      || OTHERS.contains(name)
                      || bare.eval("js", "'" + name + "' in globalThis").asBoolean());
    }
  }

  private List<String> globals() {
    try (ScriptNode app = start("return Object.getOwnPropertyNames(globalThis);")) {
      return ((List<?>) app.call("t/run")).stream().map(String::valueOf).toList();
    }
  }

  @Test
  void everyNameIsThereAndBecomesADataPropertyWhenItIsTouched() {
    assertThat(NAMES).hasSize(64);
    assertThat(
            answer(
                "const names = "
                    + Payload.of(NAMES).text()
                    + """
                    ;
                    const missing = names.filter((name) => !(name in globalThis));
                    const before = Object.getOwnPropertyDescriptor(globalThis, "URL");
                    const url = URL;
                    const after = Object.getOwnPropertyDescriptor(globalThis, "URL");
                    const kinds = names.filter((n) => n[0] >= "A" && n[0] <= "Z" && n !== "WebAssembly").map((n) => typeof globalThis[n]);
                    globalThis.Blob = 1;
                    return {
                      missing, lazy: typeof before?.get, writable: after?.writable,
                      configurable: after?.configurable, enumerable: after?.enumerable,
                      same: url === after?.value, kinds: [...new Set(kinds)], replaced: globalThis.Blob,
                      named: URL.name, tag: String(new Headers()),
                    };
                    """))
        .isEqualTo(
            "{\"missing\":[],\"lazy\":\"function\",\"writable\":true,\"configurable\":true,"
                + "\"enumerable\":false,\"same\":true,\"kinds\":[\"function\"],\"replaced\":1,"
                + "\"named\":\"URL\",\"tag\":\"[object Headers]\"}");
  }

  @Test
  void webAssemblyIsANameThatSaysWhyItRefuses() {
    assertThat(
            answer(
                """
                const magic = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
                const refused = [];
                for (const run of [
                  () => WebAssembly.instantiate(magic), () => WebAssembly.compile(magic),
                  async () => new WebAssembly.Module(magic), async () => new WebAssembly.Memory({ initial: 1 }),
                ]) {
                  await run().catch((e) => refused.push(e instanceof WebAssembly.CompileError && e.message.includes("docs/web-apis.md")));
                }
                return [typeof WebAssembly, WebAssembly.validate(magic), refused, String(WebAssembly)];
                """))
        .isEqualTo("[\"object\",false,[true,true,true,true],\"[object WebAssembly]\"]");
  }

  @Test
  void theSignalOfARequestIsAnAbortSignal() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "t", path: "t",
              actions: { run: (ctx) => ctx.signal instanceof AbortSignal && ctx.signal === ctx.signal },
            });
            """)) {
      assertThat(app.call("t/run")).isEqualTo(true);
    }
  }

  @Test
  void listenersOfTheGlobalObjectHearWhatNobodyCaught() {
    try (ScriptNode app =
        start(
            """
            const heard = [];
            addEventListener("error", (event) => {
              heard.push(event.error.message);
              if (event.error.message === "handled") event.preventDefault();
            });
            onunhandledrejection = (event) => {
              heard.push(event.reason);
              event.preventDefault();
            };
            reportError(new Error("handled"));
            reportError(new Error("told as well"));
            Promise.reject("refused");
            await new Promise((resolve) => setTimeout(resolve, 20));
            return heard;
            """)) {
      assertThat(app.call("t/run")).isEqualTo(List.of("handled", "told as well", "refused"));
      assertThat(app.logged("told as well")).hasSize(1);
      assertThat(app.logged("handled")).isEmpty();
      assertThat(app.logged("refused")).isEmpty();
    }
  }

  @Test
  void signalsAbortInTimeAndTogether() {
    assertThat(
            answer(
                """
                const controller = new AbortController();
                const any = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]);
                const order = [];
                any.addEventListener("abort", () => order.push("any"));
                controller.signal.onabort = () => order.push("own");
                controller.abort("why");
                const timeout = AbortSignal.timeout(1);
                await new Promise((resolve) => timeout.addEventListener("abort", resolve));
                return [order, any.reason, timeout.reason.name];
                """))
        .isEqualTo("[[\"own\",\"any\"],\"why\",\"TimeoutError\"]");
  }

  @Test
  void bytesGoThroughStreamsOfEveryKind() {
    assertThat(
            answer(
                """
                const text = "grün ".repeat(20_000);
                const lengths = [];
                for (const format of ["gzip", "deflate", "deflate-raw"]) {
                  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream(format));
                  const plain = packed.pipeThrough(new DecompressionStream(format));
                  lengths.push((await new Response(plain.pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream())).text()) === text);
                }
                const cut = new Uint8Array(await new Response(new Blob(["x"]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer()).slice(0, -3);
                const error = await new Response(new Blob([cut]).stream().pipeThrough(new DecompressionStream("gzip"))).text().catch((e) => e.message);
                return [lengths, error, new TextDecoder("shift_jis").decode(new Uint8Array([0x82, 0xa0]))];
                """))
        .isEqualTo(
            "[[true,true,true],\"DecompressionStream: the compressed data ends too early\",\"あ\"]");
  }

  @Test
  void clonesAreDeepAndWhatCannotBeClonedIsRefused() {
    assertThat(
            answer(
                """
                const cycle = { map: new Map([[1, new Set(["x"])]]), date: new Date(5), re: /a/g, big: 7n };
                cycle.self = cycle;
                const copy = structuredClone(cycle);
                const buffer = new ArrayBuffer(4);
                const moved = structuredClone({ buffer }, { transfer: [buffer] });
                const refused = [() => 1, Symbol("s"), new WeakMap(), Promise.resolve(), new AbortController()]
                  .map((value) => { try { structuredClone(value); } catch (e) { return e.name; } });
                return [
                  copy !== cycle && copy.self === copy, [...copy.map.get(1)], copy.date.getTime(), copy.re.flags,
                  copy.big === 7n, buffer.detached, moved.buffer.byteLength, [...new Set(refused)],
                ];
                """))
        .isEqualTo("[true,[\"x\"],5,\"g\",true,true,4,[\"DataCloneError\"]]");
  }

  @Test
  void keysAreMadeUsedAndTakenOut() {
    assertThat(
            answer(
                """
                const subtle = crypto.subtle;
                const data = new TextEncoder().encode("abc");
                const hex = (buffer) => new Uint8Array(buffer).toHex();
                const out = [hex(await subtle.digest("SHA-256", data)).slice(0, 8)];
                for (const [name, extra] of [["ECDSA", { namedCurve: "P-256", hash: "SHA-256" }], ["Ed25519", {}]]) {
                  const pair = await subtle.generateKey({ name, ...extra }, true, ["sign", "verify"]);
                  const jwk = await subtle.exportKey("jwk", pair.privateKey);
                  const again = await subtle.importKey("jwk", jwk, { name, ...extra }, false, ["sign"]);
                  const signature = await subtle.sign({ name, ...extra }, again, data);
                  out.push(await subtle.verify({ name, ...extra }, pair.publicKey, signature, data));
                }
                const key = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
                const iv = crypto.getRandomValues(new Uint8Array(12));
                const secret = await subtle.encrypt({ name: "AES-GCM", iv }, key, data);
                out.push(secret.byteLength, hex(await subtle.decrypt({ name: "AES-GCM", iv }, key, secret)));
                out.push(await subtle.exportKey("raw", key).catch((e) => e.name));
                const password = await subtle.importKey("raw", data, "PBKDF2", false, ["deriveBits"]);
                const bits = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: data, iterations: 10 }, password, 256);
                out.push(bits.byteLength, /^[0-9a-f-]{36}$/.test(crypto.randomUUID()));
                return out;
                """))
        .isEqualTo("[\"ba7816bf\",true,true,19,\"616263\",\"InvalidAccessError\",32,true]");
  }

  @Test
  void portsDeliverInOrderAndCanBeTransferred() {
    assertThat(
            answer(
                """
                const { port1, port2 } = new MessageChannel();
                const { port1: gate, port2: inner } = new MessageChannel();
                const got = [];
                const done = new Promise((resolve) => {
                  port2.onmessage = ({ data, ports }) => {
                    got.push(data);
                    if (ports.length > 0) { ports[0].postMessage("through"); }
                    if (data === "last") resolve();
                  };
                });
                const through = new Promise((resolve) => { gate.onmessage = (event) => resolve(event.data); });
                port1.postMessage({ n: 1 });
                port1.postMessage("port", [inner]);
                port1.postMessage("last");
                await done;
                return [got, await through];
                """))
        .isEqualTo("[[{\"n\":1},\"port\",\"last\"],\"through\"]");
  }
}
