package dev.runar.bench;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How many items a second a stream carries from script to script: within one context, and from one
 * to another. Prints a line for each, for numbers and for small objects; the best of some rounds on
 * a warm engine, and the best by the processor time of all script threads, which a busy machine
 * changes less.
 */
public final class StreamRate {
  private static final int ITEMS = 300_000;
  private static final int ROUNDS = 6;

  private StreamRate() {}

  /** No arguments. */
  public static void main(String... args) throws IOException {
    Path folder = Files.createTempDirectory("runar-stream-rate");
    Path producer = Files.writeString(folder.resolve("producer.ts"), producer("far"));
    Path both =
        Files.writeString(
            folder.resolve("both.ts"), producer("near").replace("// more", consumer()));
    try (Node node = Node.builder().port(-1).start()) {
      node.addScript(producer).join();
      node.addScript(both).join();
      String engine = node.request("$runtime/status", Payload.of(null)).join().text();
      System.out.println(engine.contains("\"compiled\":true") ? "# compiled" : "# INTERPRETED");
      for (String what : new String[] {"near/numbers", "near/objects", "far/numbers"}) {
        measure(node, what);
      }
    }
  }

  private static String producer(String name) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    node.addService({
      name: "%1$s", path: "%1$s",
      actions: {
        async *numbers(to: number) { for (let n = 1; n <= to; n++) yield n; },
        async *objects(to: number) { for (let n = 1; n <= to; n++) yield { n, name: "item", ok: true }; },
        // more
      },
    });
    await node.start();
    """
        .formatted(name);
  }

  private static String consumer() {
    return """
    async read(path: string, to: number) {
      let count = 0;
      for await (const _ of node.stream(path, { to })) count++;
      return count;
    },
    """;
  }

  private static void measure(Node node, String what) {
    double best = 0;
    double bestOfProcessor = 0;
    for (int i = 0; i < ROUNDS; i++) {
      long begun = System.nanoTime();
      long processor = processorNanos();
      int count =
          node.request(
                  "near/read",
                  Payload.object("path", what, "to", ITEMS),
                  RequestOptions.DEFAULT.withTimeout(Duration.ofMinutes(5)))
              .join()
              .asInt();
      best = Math.max(best, count / ((System.nanoTime() - begun) / 1e9));
      bestOfProcessor = Math.max(bestOfProcessor, count / ((processorNanos() - processor) / 1e9));
    }
    System.out.printf(
        "%s: %,.0f items/s, %,.0f per second of processor%n", what, best, bestOfProcessor);
  }

  private static long processorNanos() {
    var threads = ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("runar-script-"))
        .mapToLong(thread -> threads.getThreadCpuTime(thread.threadId()))
        .sum();
  }
}
