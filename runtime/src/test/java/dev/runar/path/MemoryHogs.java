package dev.runar.path;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of its own, since what it survives could end the JVM of the tests: hogs and loops in
 * one script, while a neighbour is called all the time. Prints one line of {@code key=value}.
 * Arguments: a folder, how many hogs, how many loops.
 */
final class MemoryHogs {
  static final List<String> HOGS =
      List.of(
          "const a: number[] = []; for (;;) a.push(a.length + 0.5);",
          "const a: object[] = []; for (;;) a.push({ x: a.length, y: {} });",
          "const m = new Map(); for (let i = 0; ; i++) m.set(i, [i]);",
          "const s = new Set(); for (let i = 0; ; i++) s.add('key ' + i);",
          "const a: string[] = []; for (;;) a.push('x'.repeat(1e5) + a.length);",
          "const a: Uint8Array[] = []; for (;;) a.push(new Uint8Array(1e5).fill(1));",
          "let f = () => 0; for (;;) { const g = f; const b = new Array(99).fill(0);"
              + " f = () => g.length + b.length; }",
          "const a: any[] = []; for (;;) a.push(JSON.parse('[1,2,3,{\"a\":[1,2,3]}]'));");

  private static final NodeConfig CONFIG =
      NodeConfig.DEFAULT.withSupervision(
          Supervision.DEFAULT
              .withDeaths(1_000) // the breaker has its own test
              .withGrace(Duration.ofMillis(20)));

  private final Node node;
  private final List<Long> neighbourNanos = Collections.synchronizedList(new ArrayList<>());
  private volatile int neighbourErrors;
  private volatile boolean done;

  private MemoryHogs(Node node) {
    this.node = node;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Path.of(arguments[0]);
    Files.writeString(folder.resolve("bad.ts"), bad());
    Files.writeString(
        folder.resolve("good.ts"),
        "import { Node } from 'runar-ts';\n"
            + "await new Node().addService("
            + "{ name: 'ok', path: 'ok', actions: { add: (a: number) => a + 1 } });\n");
    try (Node node = Node.create(CONFIG)) {
      node.addScript(folder.resolve("good.ts")).join();
      node.addScript(folder.resolve("bad.ts")).join();
      node.start().join();
      new MemoryHogs(node).run(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    }
  }

  private static String bad() {
    var actions = new StringBuilder();
    for (int i = 0; i < HOGS.size(); i++) {
      actions.append("    hog").append(i).append("() { ").append(HOGS.get(i)).append(" },\n");
    }
    return "import { Node } from 'runar-ts';\nawait new Node().addService({\n"
        + "  name: 'bad', path: 'bad',\n  actions: {\n"
        + actions
        + "    loop() { for (;;); },\n    ping: () => 1,\n  },\n});\n";
  }

  private void run(int hogs, int loops) throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      node.request("ok/add", Payload.of(1)).join();
    }
    long before = used();
    Thread neighbour = Thread.ofPlatform().start(this::callNeighbour);
    int ended = 0;
    for (int i = 0; i < hogs; i++) {
      if (code("bad/hog" + i % HOGS.size(), Duration.ofSeconds(60)) == Code.MEMORY_LIMIT) {
        ended++;
      }
      awaitReturn();
    }
    int timedOut = 0;
    for (int i = 0; i < loops; i++) {
      if (code("bad/loop", Duration.ofMillis(20)) == Code.TIMEOUT) {
        timedOut++;
      }
      awaitReturn();
    }
    done = true;
    neighbour.join();
    List<Long> sorted = neighbourNanos.stream().sorted().toList();
    System.out.println(
        "hogsEnded="
            + ended
            + " loopsEnded="
            + timedOut
            + " neighbourCalls="
            + sorted.size()
            + " neighbourErrors="
            + neighbourErrors
            + " p50ms="
            + millis(sorted.get(sorted.size() / 2))
            + " p99ms="
            + millis(sorted.get(sorted.size() * 99 / 100))
            + " maxMs="
            + millis(sorted.getLast())
            + " heapBeforeMiB="
            + (before >> 20)
            + " heapAfterMiB="
            + (used() >> 20));
  }

  private Code code(String path, Duration timeout) {
    try {
      node.request(path, Payload.of(null), RequestOptions.DEFAULT.withTimeout(timeout)).join();
      return Code.INTERNAL;
    } catch (CompletionException e) {
      return e.getCause() instanceof RunarException known ? known.code() : Code.INTERNAL;
    }
  }

  /** The script has died, and is back when its service answers. */
  private void awaitReturn() {
    for (int i = 0; i < 20_000; i++) {
      try {
        node.request("bad/ping", Payload.of(null)).join();
        return;
      } catch (CompletionException away) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    throw new IllegalStateException("the script has not come back");
  }

  private void callNeighbour() {
    while (!done) {
      long begun = System.nanoTime();
      try {
        int sum = node.request("ok/add", Payload.of(41)).get(30, TimeUnit.SECONDS).asInt();
        if (sum != 42) {
          neighbourErrors++;
        }
      } catch (Exception e) {
        neighbourErrors++;
        System.err.println("neighbour: " + e);
      }
      neighbourNanos.add(System.nanoTime() - begun);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
