package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What crosses: script to script, script to Java and back, Java to script. */
@Timeout(60)
class ValuesTest {
  private static ScriptNode app;

  @BeforeAll
  static void start(@TempDir Path folder) {
    app =
        ScriptNode.start(
            folder,
            """
            import { Node, action } from "runar-ts";
            const node = new Node();
            const show = (v: unknown): string => {
              if (v === null || typeof v !== "object") {
                return typeof v === "bigint" ? `${v}n`
                  : Object.is(v, -0) ? "-0"
                  : typeof v === "string" ? JSON.stringify(v)
                  : String(v);
              }
              if (v instanceof Date) return `Date(${isNaN(+v) ? "invalid" : v.toISOString()})`;
              if (v instanceof Map) return `Map{${[...v].map(([k, x]) => `${show(k)}=>${show(x)}`)}}`;
              if (v instanceof Set) return `Set{${[...v].map(show)}}`;
              if (v instanceof Error) return `${v.name}(${v.message}|${show(v.cause)})`;
              if (v instanceof RegExp) return String(v);
              if (v instanceof ArrayBuffer) return `ArrayBuffer[${new Uint8Array(v)}]`;
              if (ArrayBuffer.isView(v)) return `${v.constructor.name}[${v}]`;
              if (Array.isArray(v)) return `[${v.map(show)}]`;
              return `{${Object.keys(v).map((k) => `${k}:${show((v as any)[k])}`)}}`;
            };
            await node.addService({
              name: "values", path: "values",
              actions: {
                same: action({ handler: (v: unknown) => v }),
                show: action({ handler: (v: unknown) => show(v) }),
                json: action({ handler: (v: unknown) => JSON.stringify(v) ?? "undefined" }),
                // Makes the value, sends it through Java and shows what came back.
                through: action({
                  async handler(js: string) {
                    const value = new Function(`return (${js});`)();
                    return show(await node.request("java/same", value));
                  },
                }),
                // The same through another handler of this script.
                across: action({
                  async handler(js: string) {
                    const value = new Function(`return (${js});`)();
                    return show(await node.request("values/same", value));
                  },
                }),
                spoil: action({
                  handler(v: any) {
                    v.list.push("spoiled");
                    v.map.set("spoiled", true);
                    v.bytes[0] = 99;
                    v.own = "spoiled";
                    return v;
                  },
                }),
                async shared() {
                  const mine = {
                    list: [1], map: new Map(), bytes: new Uint8Array([1]), own: "mine",
                  };
                  const theirs = await node.request<typeof mine>("values/spoil", mine);
                  return show([mine, theirs]);
                },
                async refused(js: string) {
                  try {
                    await node.request("values/same", new Function(`return (${js});`)());
                    return "sent";
                  } catch (error: any) {
                    return `${error.code} ${error.message}`;
                  }
                },
                result: (js: string) => new Function(`return (${js});`)(),
              },
            });
            """);
    app.node
        .addService(
            Service.at("java")
                .action(
                    "same",
                    (payload, context) ->
                        // Decoded and encoded again, as a handler's own value would be.
                        payload.value() == null && payload.kind() == Payload.Kind.RICH
                            ? payload
                            : Payload.of(payload.value()))
                .build())
        .join();
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        // what the script sends # what it gets back, from a script and from Java alike
        "1 # 1",
        "-0 # -0",
        "NaN # NaN",
        "Infinity # Infinity",
        "-Infinity # -Infinity",
        "0.1 # 0.1",
        "1e300 # 1e+300",
        "5e-324 # 5e-324",
        "2**31 # 2147483648",
        "2**53 - 1 # 9007199254740991",
        "-(2**53) # -9007199254740992",
        "2**63 # 9223372036854776000",
        "10n**30n # 1000000000000000000000000000000n",
        "-5n # -5n",
        "0n # 0n",
        "'' # \"\"",
        "'ä€😀' # \"ä€😀\"",
        "'\\ud800' # \"\\ud800\"",
        "'a\\udc00b\\0' # \"a\\udc00b\\u0000\"",
        "true # true",
        "null # null",
        "[] # []",
        "({}) # {}",
        "({ a: undefined, b: 1 }) # {b:1}",
        "[undefined, 1] # [null,1]",
        "[, 1] # [null,1]",
        "({ x: NaN, y: [-0, Infinity] }) # {x:NaN,y:[-0,Infinity]}",
        "new Date(0) # Date(1970-01-01T00:00:00.000Z)",
        "new Date(8.64e15) # Date(+275760-09-13T00:00:00.000Z)",
        "({ at: [new Date(1)] }) # {at:[Date(1970-01-01T00:00:00.001Z)]}",
        "new Uint8Array([1, 255]) # Uint8Array[1,255]",
        "({ b: [new Uint8Array([1, 2])] }) # {b:[Uint8Array[1,2]]}",
        "({ b: new Uint8Array(0) }) # {b:Uint8Array[]}",
        "({ '__proto__x': 1, constructor: 2 }) # {__proto__x:1,constructor:2}",
        "JSON.parse('{\"__proto__\":{\"a\":1}}') # {__proto__:{a:1}}",
        "({ $: 'date', v: 1 }) # {$:\"date\",v:1}",
        "({ a: [{ $: 1n }] }) # {a:[{$:1n}]}",
        "[[[[1]]]] # [[[[1]]]]",
        "({ '': 1, ' ': 2, 'a.b': 3 }) # {:1, :2,a.b:3}",
        "new (class { a = 1; get c() { return 3; } }) # {a:1}",
        "({ toJSON() { return 'j'; } }) # \"j\"",
        "new String('s') # \"s\"",
      })
  void isTheSameAfterJavaAndAfterAScript(String sent, String got) {
    assertThat(app.call("values/across", sent)).as("script").isEqualTo(got);
    assertThat(app.call("values/through", sent)).as("Java").isEqualTo(got);
  }

  /** Java has no type for these; as Payload they pass through it unread. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "undefined # undefined",
        "new Date(NaN) # Date(invalid)",
        "new Map([[1, 'a'], [{ k: 1 }, new Set([2n])]]) # Map{1=>\"a\",{k:1}=>Set{2n}}",
        "new Set([1, 'a', [new Date(0)]]) # Set{1,\"a\",[Date(1970-01-01T00:00:00.000Z)]}",
        "({ e: new TypeError('t', { cause: new RangeError('r') }) })"
            + " # {e:TypeError(t|RangeError(r|undefined))}",
        "[/a+/gi] # [/a+/gi]",
        "({ f: new Float32Array([0.5, -0]) }) # {f:Float32Array[0.5,0]}",
        "({ b: new Uint8Array([1]).buffer }) # {b:ArrayBuffer[1]}",
        "new BigInt64Array([1n, -1n]) # BigInt64Array[1,-1]",
      })
  void isTheSameAfterAScript(String sent, String got) {
    assertThat(app.call("values/across", sent)).isEqualTo(got);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "({ items: [1, 2, { onClick() {} }] }) # cannot send value.items[2].onClick: it is a"
            + " function",
        "Symbol('s') # cannot send value: it is a symbol",
        "({ a: Symbol('s') }) # cannot send value.a: it is a symbol",
        "(() => { const a = { b: [] }; a.b.push(a); return a; })() # cannot send value.b[0]: it"
            + " contains itself (it is value)",
        "({ p: Promise.resolve(1) }) # cannot send value.p: it is a Promise; await it first",
        "new WeakMap() # cannot send value: it is a WeakMap",
        "new Map([['k', () => 1]]) # cannot send value.<value 0>: it is a function",
      })
  void whatCannotCrossIsRefusedByItsPath(String sent, String message) {
    assertThat((String) app.call("values/refused", sent))
        .startsWith("UNSUPPORTED_VALUE " + message);
    if (!sent.startsWith("({ p:")) {
      RunarException error =
          catchThrowableOfType(RunarException.class, () -> app.call("values/result", sent));
      assertThat(error.code()).isEqualTo(Code.UNSUPPORTED_VALUE);
      assertThat(error).hasMessageContaining(message);
    }
  }

  @Test
  void aCalleeCannotChangeTheCallersObject() {
    assertThat(app.call("values/shared"))
        .isEqualTo(
            "[{list:[1],map:Map{},bytes:Uint8Array[1],own:\"mine\"},"
                + "{list:[1,\"spoiled\"],map:Map{\"spoiled\"=>true},bytes:Uint8Array[99],"
                + "own:\"spoiled\"}]");
  }

  @Test
  void bytesThatTwoHandlersGetAreNotTheSame() {
    Payload bytes = Payload.bytes(new byte[] {1, 2});
    assertThat(ScriptNode.value(app.node.request("values/show", bytes)).asString())
        .isEqualTo("Uint8Array[1,2]");
    assertThat(bytes.encoded()).containsExactly(1, 2);
  }

  @Test
  void aJavaValueIsARealObjectOfTheScript() {
    Payload value =
        Payload.object(
            "int",
            1,
            "long",
            1L << 40,
            "double",
            1.5,
            "text",
            "t",
            "none",
            null,
            "yes",
            true,
            "list",
            Arrays.asList(1, null, "x"),
            "map",
            Map.of("k", List.of()));
    assertThat(ScriptNode.value(app.node.request("values/json", value)).asString())
        .isEqualTo(
            "{\"int\":1,\"long\":1099511627776,\"double\":1.5,\"text\":\"t\",\"none\":null,"
                + "\"yes\":true,\"list\":[1,null,\"x\"],\"map\":{\"k\":[]}}");
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740991, 9007199254740991",
    "-9007199254740991, -9007199254740991",
    "9007199254740992, 9007199254740992n",
    "9223372036854775807, 9223372036854775807n",
    "-9223372036854775808, -9223372036854775808n",
  })
  void aLongBeyondTheSafeRangeIsABigInt(long number, String shown) {
    assertThat(app.call("values/show", number)).isEqualTo(shown);
    assertThat(app.call("values/show", List.of(number))).isEqualTo("[" + shown + "]");
  }

  @Test
  void javaReadsWhatAScriptReturns() {
    assertThat(app.call("values/result", "({ a: 1, b: 1.5, c: 2**40, d: [true, null] })"))
        .isEqualTo(Map.of("a", 1, "b", 1.5, "c", 1L << 40, "d", Arrays.asList(true, null)));
    assertThat(app.call("values/result", "new Date(5)")).isEqualTo(Instant.ofEpochMilli(5));
    assertThat(app.call("values/result", "2n**70n")).isEqualTo(BigInteger.TWO.pow(70));
    assertThat(app.call("values/result", "[new Uint8Array([7])]"))
        .isInstanceOfSatisfying(
            List.class, list -> assertThat((byte[]) list.get(0)).containsExactly(7));
    assertThat(app.call("values/result", "-0")).isEqualTo(-0.0);
    assertThat(app.call("values/result", "undefined")).isNull();
    assertThat(app.call("values/result", "'\\ud800'")).isEqualTo("\ud800");
    assertThat(app.call("values/result", "''")).isEqualTo("");
  }
}
