package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code CompressionStream} and {@code DecompressionStream} against those of Node.js, which the
 * build needs anyway: the same module runs in both, each unpacks what the other has packed, and
 * both refuse what is damaged.
 */
@Timeout(120)
class CompressionDifferenceTest {
  private static final String CASES =
      """
      const FORMATS = ["gzip", "deflate", "deflate-raw"];
      const binary = (bytes) => { let s = ""; for (const b of bytes) s += String.fromCharCode(b); return btoa(s); };
      const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

      async function through(stream, chunks) {
        const writer = stream.writable.getWriter();
        const writing = (async () => {
          for (const chunk of chunks) await writer.write(chunk);
          await writer.close();
        })();
        const parts = [];
        const reading = (async () => {
          for await (const part of stream.readable) for (const byte of part) parts.push(byte);
        })();
        await Promise.all([writing, reading]);
        return Uint8Array.from(parts);
      }

      function inputs() {
        let seed = 7;
        const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16 & 0xff;
        return {
          empty: [[]], byte: [[7]],
          text: [[..."all work and no play ".repeat(200)].map((c) => c.charCodeAt(0))],
          noise: [Array.from({ length: 3000 }, random)],
          zeros: [new Array(100000).fill(0)],
          chunks: [[1, 2, 3], [], Array.from({ length: 70000 }, (_, i) => i % 251), [9]],
        };
      }

      /** [name, format, packed] of each input in each format. */
      export async function pack() {
        const all = [];
        for (const [name, chunks] of Object.entries(inputs())) {
          for (const format of FORMATS) {
            const packed = await through(new CompressionStream(format), chunks.map((c) => Uint8Array.from(c)));
            all.push([name, format, binary(packed)]);
          }
        }
        return all;
      }

      /** A number that stands for what comes out, or that it was refused. */
      async function outcome(format, bytes, step) {
        const chunks = [];
        for (let i = 0; i < bytes.length; i += step) chunks.push(bytes.slice(i, i + step));
        try {
          const out = await through(new DecompressionStream(format), chunks);
          return `${out.length} ${out.reduce((sum, b) => (sum * 31 + b) % 1000003, 7)}`;
        } catch {
          return "refused";
        }
      }

      const flipped = (bytes, at) => bytes.map((b, i) => (i === (at + bytes.length) % bytes.length ? b ^ 255 : b));

      /** [name, format, damage, what comes out] of each, whole and damaged. */
      export async function unpack(packed) {
        const all = [];
        for (const [name, format, text] of packed) {
          const bytes = bytesOf(text);
          const variants = {
            whole: bytes, truncated: bytes.slice(0, -1), half: bytes.slice(0, bytes.length >> 1), none: bytes.slice(0, 0),
            head: flipped(bytes, 0), tail: format === "deflate-raw" ? bytes : flipped(bytes, -1),
            sum: format === "gzip" ? flipped(bytes, -8) : bytes,
            trailing: Uint8Array.from([...bytes, 1]), twice: Uint8Array.from([...bytes, ...bytes]),
          };
          for (const [damage, variant] of Object.entries(variants)) {
            all.push([name, format, damage, await outcome(format, variant, 1 << 20)]);
          }
          if (bytes.length < 300) all.push([name, format, "byte by byte", await outcome(format, bytes, 1)]);
        }
        return all;
      }
      """;

  @TempDir Path folder;

  @Test
  void bothUnpackWhatTheOtherPacksAndRefuseWhatIsDamaged() throws Exception {
    Files.writeString(folder.resolve("cases.mjs"), CASES);
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            import { pack, unpack } from "./cases.mjs";
            const node = new Node();
            await node.addService({
              name: "t", path: "t",
              actions: { pack: () => pack(), unpack: (packed: unknown[]) => unpack(packed) },
            });
            """)) {
      for (Object packed : List.of(rows(app.call("t/pack")), node("pack", List.of()))) {
        List<?> ours = rows(app.call("t/unpack", Map.of("packed", packed)));
        List<?> theirs = node("unpack", packed);
        assertThat(ours).hasSizeGreaterThan(160);
        assertThat(without(ours, "trailing", "twice"))
            .isEqualTo(without(theirs, "trailing", "twice"));
        assertThat(ours)
            .as("Node.js 20 takes what follows; the standard does not")
            .filteredOn(row -> List.of("trailing", "twice").contains(((List<?>) row).get(2)))
            .allMatch(row -> ((List<?>) row).get(3).equals("refused"));
      }
    }
  }

  private static List<?> without(List<?> rows, String... damages) {
    var kept = new ArrayList<Object>(rows);
    kept.removeIf(row -> List.of(damages).contains(((List<?>) row).get(2)));
    return kept;
  }

  private static List<?> rows(Object value) {
    return (List<?>) value;
  }

  /** What the function answers in Node.js. */
  private List<?> node(String function, Object argument) throws Exception {
    Path script = folder.resolve("run.mjs");
    Files.writeString(
        script,
        """
        import { readFileSync } from "node:fs";
        import * as cases from "./cases.mjs";
        const argument = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(await cases[process.argv[2]](argument)));
        """);
    Process process =
        new ProcessBuilder("node", script.toString(), function)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var in = process.getOutputStream()) {
      in.write(Payload.of(argument).text().getBytes(StandardCharsets.UTF_8));
    }
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return rows(Payload.json(answer).value());
  }
}
