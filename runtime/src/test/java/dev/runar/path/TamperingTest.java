package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.RunarException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The row X2 of the faults: a script that overwrites the language still has the host's word. */
@Timeout(60)
class TamperingTest {
  @TempDir Path folder;
  private ScriptNode app;

  @BeforeEach
  void startTampered() {
    app =
        ScriptNode.start(
            folder,
            ScriptNode.CONFIG.withPermissions(Permissions.NONE.withNet("*")),
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const broken = (name: string) => () => { throw new Error(`${name} was overwritten`); };
            let heard: unknown[] = [];
            function tamper(how: string) {
              const names: [any, PropertyKey[]][] = [
                [Promise.prototype, ["catch", "finally"]],
                [JSON, ["parse", "stringify"]],
                [Promise, ["all", "race"]],
              ];
              if (how !== "json") names.push([Promise.prototype, ["then"]]);
              if (how === "all") {
                names.push(
                  [Set.prototype, ["add", "has", "delete", Symbol.iterator]],
                  [Map.prototype, ["get", "set", "has", "forEach", Symbol.iterator]],
                  [Function.prototype, ["call", "apply", "bind"]],
                  [Array.prototype, [...Object.getOwnPropertyNames(Array.prototype), Symbol.iterator]],
                );
              }
              Object.defineProperty(Object.prototype, "toJSON", { value: () => "tampered", writable: true, configurable: true });
              for (let i = 0; i < names.length; i++) {
                const [object, keys] = [names[i]![0], names[i]![1]];
                for (let k = 0; k < keys.length; k++) {
                  const key = keys[k]!;
                  if (key !== "length" && key !== "constructor") (saved[saved.length] = [object, key, object[key]]);
                }
              }
              for (let i = 0; i < saved.length; i++) {
                const { 0: object, 1: key } = saved[i] as any;
                object[key] = broken(String(key));
              }
              return "tampered";
            }
            const saved: unknown[] = [];
            await node.addService({
              name: "t", path: "t",
              actions: {
                tamper: (how: string) => tamper(how),
                heard: () => {
                  let text = "";
                  for (let i = 0; i < heard.length; i++) text += heard[i];
                  return text;
                },
                scalar: (n: number) => n + 1,
                object: () => ({ list: [1, { two: 2 }], text: "x" }),
                later: () => new Promise((resolve) => setTimeout(() => resolve([7]), 1)),
                async awaited() { await null; return { done: true }; },
                thrown() { throw Object.assign(new TypeError("on purpose"), { code: "OWN" }); },
                publish: () => node.publish("t/news", 1).constructor.name,
                targets() {
                  const order = [""];
                  const target = new EventTarget();
                  target.addEventListener("x", () => { order[order.length] = "listener"; }, { once: true });
                  target.dispatchEvent(new Event("x"));
                  target.dispatchEvent(new Event("x"));
                  const controller = new AbortController();
                  const any = AbortSignal.any({ *[Symbol.iterator]() { yield controller.signal; } } as any);
                  any.onabort = () => { order[order.length] = "aborted"; };
                  controller.abort();
                  const bytes = new TextEncoder().encode("grün");
                  order[order.length] = new TextDecoder().decode(bytes) + atob(btoa("b64"));
                  order[order.length] = new DOMException("m", "AbortError").code + typeof crypto.randomUUID();
                  console.log("shown", { a: [1, new Map([[1, 2]].length ? undefined : null)] });
                  let text = "";
                  for (let i = 0; i < order.length; i++) text += order[i] + " ";
                  return text;
                },
                async web(url: string) {
                  const done = { text: "" };
                  const piece = async (name: string, run: () => unknown) => {
                    try { done.text += `${await run()} `; } catch (error) { done.text += `${name}: ${error} `; }
                  };
                  await piece("URL", () => {
                    const address = new URL("../b?x=1#h", "http://h/a/c");
                    address.searchParams.append("y", "ü");
                    return address.href;
                  });
                  await piece("clone", () => structuredClone(new Map([[{ a: 1 }, [7]]])).size);
                  await piece("crypto", async () => {
                    const bytes = new TextEncoder().encode("abc");
                    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
                    const mark = await crypto.subtle.sign("HMAC", key, bytes);
                    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))[0]! + mark.byteLength;
                  });
                  await piece("streams", async () => {
                    const reader = new ReadableStream({
                      start(c) { c.enqueue("stream"); c.close(); },
                    }).pipeThrough(new TextEncoderStream()).pipeThrough(new CompressionStream("gzip"))
                      .pipeThrough(new DecompressionStream("gzip")).pipeThrough(new TextDecoderStream()).getReader();
                    return (await reader.read()).value;
                  });
                  await piece("fetch", async () => {
                    const response = await fetch(url + "/up", { method: "GET", headers: { accept: "*/*" } });
                    const text = await response.text();
                    return response.status + (text.length > 0 ? "" : " empty");
                  });
                  return done.text;
                },
              },
              events: { "t/news": (n: number) => { heard[heard.length] = n; } },
            });
            """);
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void theBridgeTheTimersTheConsoleAndEventsGoOn() {
    assertThat(app.call("t/tamper", "all")).isEqualTo("tampered");
    assertThat(app.call("t/scalar", 1)).isEqualTo(2);
    assertThat(app.json("t/object")).as("what it sends is its own").isEqualTo("\"tampered\"");
    assertThat(app.json("t/later")).isEqualTo("[7]");
    assertThat(app.json("t/awaited")).isEqualTo("\"tampered\"");
    assertThatThrownBy(() -> app.call("t/thrown"))
        .isInstanceOf(RunarException.class)
        .hasMessageContaining("on purpose");
    assertThat(app.call("t/targets")).isEqualTo(" listener aborted grünb64 20string ");
    assertThat(app.call("t/publish")).isEqualTo("Promise");
    await().untilAsserted(() -> assertThat(app.call("t/heard")).isEqualTo("1"));
    app.node.publish("t/news", Payload.of(2)).join();
    await().untilAsserted(() -> assertThat(app.call("t/heard")).isEqualTo("12"));
  }

  @Test
  void clonesAddressesAndCryptographyGoOnWithoutThen() {
    assertThat(app.call("t/tamper", "then")).isEqualTo("tampered");
    assertThat(app.call("t/web", "http" + app.uri("").toString().substring(2)))
        .asString()
        .startsWith("http://h/b?x=1&y=%C3%BC#h 1 218 ");
  }

  @Test
  void streamsAndFetchGoOnWithoutJson() {
    assertThat(app.call("t/tamper", "json")).isEqualTo("tampered");
    assertThat(app.call("t/web", "http" + app.uri("").toString().substring(2)))
        .isEqualTo("http://h/b?x=1&y=%C3%BC#h 1 218 stream 200 ");
  }
}
