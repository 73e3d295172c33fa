package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a closed script context leaves behind: nothing. */
@Timeout(300)
class ContextLeakTest {
  private static final int INSTANCES = 49;
  private static final int ROUNDS = 20;

  /** Makes its own context and one for each instance, and fails, so that all of them end. */
  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const held = new Uint8Array(10_000);
      await node.addService({
        name: "m", path: "m", instances: %d,
        actions: { size: () => held.length },
        events: { "e/*": () => {} },
      });
      await node.subscribe("tick", () => {});
      setInterval(() => {}, 1_000);
      throw new Error("that was all");
      """
          .formatted(INSTANCES);

  @TempDir Path folder;

  @Test
  void aThousandContextsLeaveNothing() throws Exception {
    try (var app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      round(app);
      round(app);
      long threads = threads();
      long heap = heapAfterCollection();
      long objects = living("dev.runar.internal.script.ScriptContext");
      for (int i = 0; i < ROUNDS; i++) {
        round(app);
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> threads() <= threads);
      assertThat(living("dev.runar.internal.script.ScriptContext")).isLessThanOrEqualTo(objects);
      assertThat(living("com.oracle.truffle.polyglot.PolyglotContextImpl")).isLessThan(5);
      long grown = heapAfterCollection() - heap;
      int contexts = ROUNDS * (INSTANCES + 1);
      System.getLogger("dev.runar.test")
          .log(
              System.Logger.Level.INFO,
              contexts + " contexts left " + grown / contexts + " bytes each");
      assertThat(grown / contexts).as("bytes left by each context").isLessThan(4_000);
    }
  }

  private static void round(ScriptNode app) {
    assertThatThrownBy(() -> app.add("app.ts", SCRIPT)).hasMessageContaining("that was all");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(ContextLeakTest::owns));
  }

  private static boolean owns(Thread thread) {
    return thread.getName().startsWith("runar-script-");
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream().filter(ContextLeakTest::owns).count();
  }

  private static long heapAfterCollection() throws JMException {
    String _ = histogram();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Instances of a class after a full collection. */
  private static long living(String className) throws JMException {
    return Arrays.stream(histogram().split("\n"))
        .map(line -> line.trim().split("\\s+"))
        .filter(words -> words.length >= 4 && words[3].equals(className))
        .mapToLong(words -> Long.parseLong(words[1]))
        .sum();
  }

  private static String histogram() throws JMException {
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {null},
                new String[] {String[].class.getName()});
  }
}
