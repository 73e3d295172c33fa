package dev.runar.bench;

import dev.runar.Middleware;
import dev.runar.Node;
import dev.runar.NodeBuilder;
import dev.runar.Payload;
import dev.runar.RequestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A Java caller to a script's {@code add(a, b)} and back, through the whole request path. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 6, time = 3)
@Measurement(iterations = 5, time = 3)
public class RequestBenchmark {
  private static final int BATCH = 10_000;
  private static final int IN_FLIGHT = 256;

  /** Java middlewares around every action; each goes on and looks at the answer. */
  @Param({"0"})
  public int middlewares;

  private Node node;
  private Path script;

  @Setup
  public void start() throws IOException {
    script = Files.createTempDirectory("runar-bench").resolve("app.ts");
    Files.writeString(
        script,
        """
        import { Node, action } from "runar-ts";
        const node = new Node();
        const number = { type: "number" };
        const five = {
          type: "object",
          properties: {
            a: number, b: number, name: { type: "string", maxLength: 20 },
            on: { type: "boolean" }, tags: { type: "array", items: { type: "string" } },
          },
          required: ["a", "b", "name"],
        };
        node.addService({
          name: "math", path: "math",
          actions: {
            add: (a: number, b: number) => a + b,
            async later(a: number, b: number) { return a + b; },
            checked: action({ input: five, handler: ({ a, b }) => a + b }),
            async around(count: number, path: string, ctx) {
              const input = { a: 1, b: 2, name: "n", on: true, tags: ["x"] };
              const open = [];
              for (let i = 0; i < count; i++) open.push(ctx.request(path, input));
              await Promise.all(open);
            },
            plain: action({ handler: ({ a, b }) => a + b }),
            echo: (text: string) => ({ text, at: 1 }),
          },
        });
        await node.start();
        """);
    NodeBuilder builder = Node.builder();
    for (int i = 0; i < middlewares; i++) {
      builder.use(new Watching());
    }
    node = builder.start();
    node.addScript(script).join();
    String engine = node.request("$runtime/status", Payload.of(null)).join().text();
    System.out.println(engine.contains("\"compiled\":true") ? "# compiled" : "# INTERPRETED");
  }

  private static final class Watching implements Middleware {
    private final LongAdder answered = new LongAdder();

    @Override
    public CompletableFuture<Payload> action(
        RequestContext context, Payload input, Next<Payload, Payload> next) {
      return next.proceed(input).whenComplete((result, error) -> answered.increment());
    }
  }

  @TearDown
  public void stop() {
    node.close();
  }

  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public int oneInFlight() {
    return add(1).join().asInt();
  }

  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(BATCH)
  public void inFlight256() throws InterruptedException {
    flood("math/add");
  }

  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(BATCH)
  public void asyncInFlight256() throws InterruptedException {
    flood("math/later");
  }

  /** From a script to itself, with a schema of five fields between. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(BATCH)
  public void scriptToScriptChecked() {
    around("checked");
  }

  /** The same without a schema. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(BATCH)
  public void scriptToScript() {
    around("plain");
  }

  private void around(String path) {
    for (int i = 0; i < BATCH / IN_FLIGHT + 1; i++) {
      int count = Math.min(IN_FLIGHT, BATCH - i * IN_FLIGHT);
      node.request("math/around", Payload.object("count", count, "path", path)).join();
    }
  }

  private void flood(String path) throws InterruptedException {
    var permits = new Semaphore(IN_FLIGHT);
    for (int i = 0; i < BATCH; i++) {
      permits.acquire();
      node.request(path, Payload.object("a", i, "b", 3))
          .whenComplete((result, error) -> permits.release());
    }
    permits.acquire(IN_FLIGHT);
  }

  private CompletableFuture<Payload> add(int a) {
    return node.request("math/add", Payload.object("a", a, "b", 3));
  }
}
