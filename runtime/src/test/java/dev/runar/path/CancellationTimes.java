package dev.runar.path;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from somebody's giving up until {@code ctx.signal} fires in the handler: a real
 * node with two script contexts, by the one monotonic clock of Java and its scripts. One thread.
 */
public final class CancellationTimes implements AutoCloseable {
  private static final long DEADLINE_MS = 50;

  /** Who gives up. */
  public enum By {
    /** A script aborts what it asked of a service of its own context. */
    SAME_CONTEXT,
    /** A script aborts what it asked of another context's service. */
    OTHER_CONTEXT,
    /** A Java program cancels its future. */
    JAVA,
    /** A WebSocket client is gone. */
    WEBSOCKET,
    /** An HTTP client is gone. */
    HTTP,
    /** Nobody: the request's time is over. */
    DEADLINE
  }

  private static final String SERVICE =
      """
      import process from "node:process";
      import { action, Node, type Context } from "runar-ts";
      const node = new Node();
      const wait = (_: unknown, ctx: Context) => new Promise((_done, reject) => {
        ctx.signal.addEventListener("abort", () => {
          const heard = process.hrtime.bigint();
          void node.publish("times/heard", String(heard));
          reject(ctx.signal.reason);
        });
        void node.publish("times/waiting");
      });
      await node.addService({
        name: "NAME", path: "NAME",
        actions: {
          wait: action({ http: "GET /NAME", handler: wait }),
          aborts: action({ handler: async (path: string) => {
            const controller = new AbortController();
            const waiting = node.on("times/waiting");
            const asked = node.request(path, null, { signal: controller.signal });
            await waiting;
            const begun = process.hrtime.bigint();
            controller.abort();
            await asked.catch(() => {});
            return String(begun);
          } }),
        },
      });
      """;

  private final ScriptNode app;
  private final BlockingQueue<String> waiting = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /**
   * Starts the node.
   *
   * @param folder for its scripts
   */
  public CancellationTimes(Path folder) {
    app = ScriptNode.create(folder, ScriptNode.CONFIG);
    app.add("near.ts", SERVICE.replace("NAME", "near"));
    app.add("far.ts", SERVICE.replace("NAME", "far")).node.start().join();
    app.node.subscribe("times/waiting", (event, context) -> waiting.add("waiting"));
    app.node.subscribe("times/heard", (event, context) -> heard.add(event.payload().asString()));
  }

  /** In milliseconds, of so many, in order: the median is in the middle. */
  public double[] millis(By by, int times) {
    double[] millis = new double[times];
    for (int i = 0; i < times; i++) {
      heard.clear();
      long begun = giveUp(by);
      millis[i] = Math.max(0, (Long.parseLong(taken(heard)) - begun) / 1e6);
      waiting.clear();
    }
    Arrays.sort(millis);
    return millis;
  }

  /** Asks, waits until the handler waits, and gives up; at what time. */
  private long giveUp(By by) {
    return switch (by) {
      case SAME_CONTEXT -> Long.parseLong((String) app.call("near/aborts", "near/wait"));
      case OTHER_CONTEXT -> Long.parseLong((String) app.call("near/aborts", "far/wait"));
      case JAVA -> {
        CompletableFuture<Payload> asked = app.node.request("far/wait", Payload.of(null));
        taken(waiting);
        long begun = System.nanoTime();
        asked.cancel(false);
        yield begun;
      }
      case WEBSOCKET -> {
        try (Client client = app.connect("/topics")) {
          client.send("{\"request\":\"far/wait\",\"data\":null,\"id\":1}");
          taken(waiting);
          yield System.nanoTime();
        }
      }
      case HTTP -> {
        URI base = app.node.urls().get(0);
        try (var socket = new Socket(base.getHost(), base.getPort())) {
          String request = "GET /far HTTP/1.1\r\nHost: test\r\n\r\n";
          socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
          taken(waiting);
          yield System.nanoTime();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case DEADLINE -> deadline();
    };
  }

  /** Once more when a busy machine has not even begun in time: then there is nobody to hear. */
  private long deadline() {
    var options = RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(DEADLINE_MS));
    for (int i = 0; i < 20; i++) {
      heard.clear();
      long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MS);
      var asked = app.node.request("far/wait", Payload.of(null), options);
      var _ = asked.handle((done, error) -> waiting.add("over")).join();
      if (taken(waiting).equals("waiting")) {
        return due;
      }
    }
    throw new AssertionError("no handler has begun within " + DEADLINE_MS + " ms");
  }

  private static String taken(BlockingQueue<String> queue) {
    try {
      String word = queue.poll(20, TimeUnit.SECONDS);
      if (word == null) {
        throw new AssertionError("nothing came within 20 seconds");
      }
      return word;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    app.close();
  }
}
