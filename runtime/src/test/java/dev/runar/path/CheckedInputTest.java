package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An input that a schema has let pass is what {@code JSON.parse} would make of its text. */
@Timeout(60)
class CheckedInputTest {
  private static ScriptNode app;

  @BeforeAll
  static void start(@TempDir Path folder) {
    app =
        ScriptNode.start(
            folder,
            """
            import { Node, action } from "runar-ts";
            import { isDeepStrictEqual } from "node:util";
            const node = new Node();
            const input = { type: "object" } as const;
            const same = (given: any, text: string): string => {
              const parsed = JSON.parse(text);
              if (!isDeepStrictEqual(given, parsed)) return "values: " + JSON.stringify(given);
              if (String(Object.keys(given)) !== String(Object.keys(parsed))) return "order";
              if (Object.getPrototypeOf(given) !== Object.prototype) return "prototype";
              for (const key of Object.keys(given)) {
                const one = JSON.stringify(Object.getOwnPropertyDescriptor(given, key));
                const other = JSON.stringify(Object.getOwnPropertyDescriptor(parsed, key));
                if (one !== other || !Object.is(given[key], parsed[key])
                    && typeof given[key] !== "object") return key + ": " + one;
              }
              given.more = 1;
              return "same";
            };
            let last: unknown;
            await node.addService({
              name: "checked", path: "checked",
              actions: {
                compare: action({ input, handler: (v: any, ctx) => same(v, ctx.headers["text"]!) }),
                other: action({ input, handler: (v: any, ctx) => same(v, ctx.headers["text"]!) }),
                keep: action({ input, handler: (v: any) => {
                  const fresh = v !== last;
                  last = v;
                  v.changed = true;
                  return fresh && Object.keys(v).length === 2;
                } }),
              },
            });
            """);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":1}",
        "{\"name\":\"Ada\",\"age\":36,\"admin\":true,\"score\":0.5,\"of\":null}",
        "{\"b\":1,\"10\":2,\"a\":3,\"2\":4}",
        "{\"a\":-0,\"b\":-0.0,\"c\":0,\"d\":1e3,\"e\":1.0,\"f\":-1}",
        "{\"a\":9007199254740993,\"b\":12345678901234567890,\"c\":1e308,\"d\":3000000000}",
        "{\"a\":1,\"a\":2}",
        "{\"__proto__\":1}",
        "{\"__proto__\":{\"x\":1}}",
        "{\"constructor\":1,\"toString\":2,\"then\":3,\"$\":4}",
        "{\"with space\":1,\"a-b\":2,\"\":3,\"return\":4,\"v0\":5}",
        "{\"quote\\\"\":1,\"back\\\\slash\":2,\"line\\nbreak\":3}",
        "{\"\u00e4\":\"\u00f6\",\"\u65e5\":\"\u672c\",\"x\":\"\\ud83d\\ude00\"}",
        "{\"\u2028\":1,\"${x}\":2,\"*/\":3,\"//\":4,\"'\":5,\"`\":6}",
        "{\"a\":{\"b\":1},\"c\":[1,2,{\"d\":null}]}",
      })
  void isWhatTheEngineParses(String text) {
    assertThat(compare("compare", text)).isEqualTo("same");
    assertThat(compare("compare", text)).as("once more").isEqualTo("same");
  }

  @Test
  void ofMoreShapesAndNamesThanAreKept() {
    for (int i = 0; i < 50; i++) {
      assertThat(compare("other", "{\"n" + i + "\":" + i + "}")).isEqualTo("same");
    }
    String wide =
        IntStream.range(0, 40)
            .mapToObj(i -> "\"n" + i + "\":" + i)
            .collect(Collectors.joining(",", "{", "}"));
    assertThat(compare("other", wide)).isEqualTo("same");
    assertThat(compare("other", "{\"" + "n".repeat(500) + "\":1}")).isEqualTo("same");
    assertThat(compare("other", "{\"text\":\"" + "x".repeat(5_000) + "\"}")).isEqualTo("same");
  }

  @RepeatedTest(3)
  void isTheHandlersOwn() {
    Payload input = Payload.json("{\"a\":1}");
    assertThat(app.node.request("checked/keep", input).join().value()).isEqualTo(true);
    assertThat(app.node.request("checked/keep", input).join().value()).isEqualTo(true);
  }

  private static Object compare(String action, String text) {
    return app.node
        .request(
            "checked/" + action,
            Payload.json(text),
            RequestOptions.DEFAULT.withHeaders(Map.of("text", text)))
        .join()
        .value();
  }
}
