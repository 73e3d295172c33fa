package dev.runar.bench;

import dev.runar.Node;
import dev.runar.NodeConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What one more script context costs on a warm engine: the time until its script has run, and the
 * heap that it holds while it is idle. Every context stays.
 *
 * <p>Prints a line for a script that does nothing and one for a script with a service: contexts,
 * p50 and p90 of the time in ms, bytes of heap each.
 */
public final class ContextCost {
  private static final int CONTEXTS = 1_000;

  private ContextCost() {}

  /** No arguments. */
  public static void main(String... args) throws IOException {
    Path folder = Files.createTempDirectory("runar-context-cost");
    Path bare = Files.writeString(folder.resolve("bare.ts"), "export const x: number = 1;\n");
    NodeConfig config =
        NodeConfig.DEFAULT.withLimits(NodeConfig.DEFAULT.limits().withContexts(10_000));
    try (Node node = Node.builder().config(config).port(-1).start()) {
      for (int i = 0; i < 100; i++) {
        node.addScript(service(folder, "warm" + i)).join();
        node.addScript(bare).join();
      }
      measure("does nothing", node, i -> bare);
      measure("one service", node, i -> service(folder, "s" + i));
    }
  }

  private interface Entry {
    Path at(int index) throws IOException;
  }

  private static void measure(String what, Node node, Entry entry) throws IOException {
    var files = new Path[CONTEXTS];
    for (int i = 0; i < CONTEXTS; i++) {
      files[i] = entry.at(i);
    }
    long before = heap();
    var nanos = new long[CONTEXTS];
    for (int i = 0; i < CONTEXTS; i++) {
      long begun = System.nanoTime();
      node.addScript(files[i]).join();
      nanos[i] = System.nanoTime() - begun;
    }
    long each = (heap() - before) / CONTEXTS;
    Arrays.sort(nanos);
    System.out.printf(
        "%s: %d contexts, p50 %.1f ms, p90 %.1f ms, %d bytes of heap each%n",
        what, CONTEXTS, nanos[CONTEXTS / 2] / 1e6, nanos[CONTEXTS * 9 / 10] / 1e6, each);
  }

  /** All of the same text but for the name, so that the engine has it compiled. */
  private static Path service(Path folder, String name) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".ts"),
        """
        import { Node } from "runar-ts";
        const node = new Node();
        await node.addService({
          name: "%s", path: "%s",
          actions: { add: (a: number, b: number) => a + b },
          events: { "math/*": () => {} },
        });
        """
            .formatted(name, name));
  }

  private static long heap() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
