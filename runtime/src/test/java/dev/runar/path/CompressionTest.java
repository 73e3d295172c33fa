package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Permissions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code CompressionStream} and {@code DecompressionStream} of a script. */
@Timeout(120)
class CompressionTest {
  private static final int MEBIBYTES = 1_024;

  @TempDir Path folder;

  private ScriptNode start(String body) {
    return ScriptNode.start(
        folder,
        ScriptNode.CONFIG.withPermissions(Permissions.NONE),
        """
        import { readFileSync } from "node:fs";
        import { Node } from "runar-ts";
        const node = new Node();
        let reader: ReadableStreamDefaultReader<Uint8Array>;
        let written: string[] = [];
        await node.addService({
          name: "t", path: "t",
          actions: {
        %s
          },
        });
        """
            .formatted(body));
  }

  @Test
  void aBombThatIsReadSlowlyStaysSmall() throws IOException {
    Files.write(folder.resolve("bomb"), bomb());
    try (ScriptNode app =
        start(
            """
            async begin() {
              const stream = new DecompressionStream("deflate-raw");
              reader = stream.readable.getReader();
              const writer = stream.writable.getWriter();
              const bomb = new Uint8Array(readFileSync(import.meta.dirname + "/bomb"));
              const refused = (reason: unknown) => written.push(`refused ${reason}`);
              writer.write(bomb).then(() => written.push("written"), refused);
              writer.close().then(() => written.push("closed"), refused);
            },
            async read() {
              let length = 0;
              while (length < 16 * 1024 * 1024) length += (await reader.read()).value!.length;
              return length;
            },
            async end() {
              await reader.cancel("enough");
              await new Promise((resolve) => setTimeout(resolve));
              return `${written}`;
            },
            """)) {
      app.call("t/begin");
      long before = used();
      for (int i = 0; i < 5; i++) {
        assertThat(app.call("t/read")).isEqualTo(16 << 20);
        assertThat(used() - before).isLessThan(24L << 20);
      }
      assertThat(app.call("t/end")).isEqualTo("refused enough,refused enough");
    }
  }

  /** The same mebibyte over and over: flushed in full, a block needs nothing of those before it. */
  private static byte[] bomb() {
    var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(new byte[1 << 20]);
    byte[] block = new byte[1 << 16];
    int length = deflater.deflate(block, 0, block.length, Deflater.FULL_FLUSH);
    deflater.end();
    var bomb = new ByteArrayOutputStream();
    for (int i = 0; i < MEBIBYTES; i++) {
      bomb.write(block, 0, length);
    }
    return bomb.toByteArray();
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void oneReadTakesOnePieceAndEndsItsWrite() {
    try (ScriptNode app =
        start(
            """
            async run() {
              const packed = new Uint8Array(await new Response(
                new Blob(["x".repeat(100)]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
              const stream = new DecompressionStream("deflate");
              const writer = stream.writable.getWriter();
              const first = stream.readable.getReader();
              const write = writer.write(packed);
              const { value } = await first.read();
              await write;
              await writer.close();
              const end = await first.read();
              const cancelled = new DecompressionStream("deflate");
              const other = cancelled.writable.getWriter();
              await cancelled.readable.cancel("enough");
              const refused = await other.write(packed).catch((e) => e);
              const bad = new DecompressionStream("gzip");
              const both = await Promise.allSettled([
                bad.writable.getWriter().write(new Uint8Array([1, 2, 3])), bad.readable.getReader().read(),
              ]);
              return [value!.length, end.done, refused, ...both.map((b: any) => `${b.status} ${b.reason?.name}`)];
            },
            """)) {
      assertThat(app.json("t/run"))
          .isEqualTo("[100,true,\"enough\",\"rejected TypeError\",\"rejected TypeError\"]");
    }
  }
}
