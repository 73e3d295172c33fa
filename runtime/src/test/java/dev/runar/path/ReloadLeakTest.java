package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Reload;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many reloads leave nothing behind: no heap, no thread, no subscription, no session. */
@Timeout(600)
class ReloadLeakTest {
  private static final int WARM_UP = 50;

  /** {@code -Drunar.reloads=1000} for the full run. */
  private static final int RELOADS = Integer.getInteger("runar.reloads", 100);

  @TempDir Path folder;

  /**
   * Other in each version. What it holds on to would show; its compiled text, which is kept in a
   * bounded cache, is short.
   */
  private static String script(int version) {
    return """
    import { Node, type Session } from "runar-ts";
    import { part } from "./part.ts";
    const node = new Node();
    const ballast = new Array(50_000).fill(%1$d);
    let count = 0;
    await node.addService({
      name: "s", path: "s",
      actions: { version: () => %1$d, part: () => part, ballast: () => ballast.length },
      events: { "a/*": () => { count++; } },
      sockets: { "/live": { open: (s: Session) => s.join("all"), message: (s, m) => s.send(m) } },
      state: { save: () => count, restore: (saved: number) => { count = saved; } },
    });
    await node.start();
    await node.subscribe("a/b", () => {});
    setInterval(() => node.publish("a/b", 1), 10);
    const text = "%2$s";
    """
        .formatted(version, ("v" + version).repeat(20));
  }

  private static void reloads(ScriptNode app, int from, int to) {
    for (int version = from; version < to; version++) {
      app.file("app.ts", script(version)).file("part.ts", "export const part = " + version + ";");
      Reload _ = ScriptNode.value(app.node.reload(app.path("app.ts")));
      assertThat(app.call("s/version")).isEqualTo(version);
      assertThat(app.call("s/part")).isEqualTo(version);
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("runar-script-"))
        .count();
  }

  private static long heapAfterCollection() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The lowest of a while: what was ended a moment ago is still being cleared away. */
  private static long heap() {
    var lowest = new long[] {Long.MAX_VALUE};
    await()
        .pollInterval(Duration.ofMillis(200))
        .during(Duration.ofMillis(800))
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              lowest[0] = Math.min(lowest[0], heapAfterCollection());
              return true;
            });
    return lowest[0];
  }

  @Test
  void manyReloadsLeaveNothingBehind() {
    try (ScriptNode app =
            ScriptNode.create(folder, ScriptNode.CONFIG)
                .file("part.ts", "export const part = 0;")
                .add("app.ts", script(0));
        ScriptNode started = start(app);
        Client client = started.connect("/live")) {
      client.send("hello");
      assertThat(client.next()).isEqualTo("hello");
      reloads(app, 1, WARM_UP);
      await().until(() -> threads() == 1);
      long heapBefore = heap();
      Object subscriptions = app.status().get("subscriptions");
      long begun = System.nanoTime();

      reloads(app, WARM_UP, WARM_UP + RELOADS);

      long tookMs = (System.nanoTime() - begun) / 1_000_000;
      await().until(() -> threads() == 1);
      long grown = heap() - heapBefore;
      System.out.println(
          RELOADS
              + " reloads in "
              + tookMs
              + " ms; heap before "
              + (heapBefore >> 10)
              + " KiB, grown by "
              + (grown >> 10)
              + " KiB");
      assertThat(grown / RELOADS).as("bytes per reload").isLessThan(20_000);
      assertThat(app.status()).containsEntry("subscriptions", subscriptions);
      client.send("still here");
      assertThat(client.next()).isEqualTo("still here");
      Map<String, Object> port = ScriptNode.map(app.status().get("port"));
      assertThat(port).containsEntry("sessions", 1L);
    }
  }

  private static ScriptNode start(ScriptNode app) {
    app.node.start().join();
    return app;
  }
}
