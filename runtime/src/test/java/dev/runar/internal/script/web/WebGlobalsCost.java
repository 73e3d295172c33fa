package dev.runar.internal.script.web;

import dev.runar.Permissions;
import dev.runar.internal.script.permission.PermissionCheck;
import dev.runar.spi.Disk;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Value;

/**
 * What the globals cost a context that uses none of them: medians on a warm engine, of the thread's
 * own time, which others on the machine do not change.
 *
 * @param engine what runs the scripts
 * @param bare to create and close a context without them
 * @param full with all of them
 */
record WebGlobalsCost(String engine, Duration bare, Duration full) {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int WARM_UP = 200;
  private static final int ROUNDS = 101;
  private static final Duration MOST = Duration.ofMillis(10);

  static WebGlobalsCost measure() {
    try (Engine engine =
            Engine.newBuilder("js").option("engine.WarnInterpreterOnly", "false").build();
        var platform = new WebPlatform()) {
      for (int i = 0; i < WARM_UP; i++) {
        nanos(engine, platform, i % 2 == 0);
      }
      long[] bare = new long[ROUNDS];
      long[] full = new long[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        bare[i] = nanos(engine, platform, false);
        full[i] = nanos(engine, platform, true);
      }
      return new WebGlobalsCost(engine.getImplementationName(), median(bare), median(full));
    }
  }

  Duration more() {
    return full.minus(bare);
  }

  @Override
  public String toString() {
    return "%s: a context costs %.2f ms, with all globals %.2f ms"
        .formatted(engine, bare.toNanos() / 1e6, full.toNanos() / 1e6);
  }

  private static long nanos(Engine engine, WebPlatform platform, boolean withGlobals) {
    long begun = THREADS.getCurrentThreadCpuTime();
    try (Context context =
        Context.newBuilder("js")
            .engine(engine)
            .allowExperimentalOptions(true)
            .option("js.text-encoding", "true")
            .option("js.performance", "true")
            .build()) {
      Value hooks = context.eval("js", "({})");
      if (withGlobals) {
        WebGlobals.install(context, platform, new NoHost(), hooks);
      }
      return THREADS.getCurrentThreadCpuTime() - begun;
    }
  }

  private static Duration median(long[] values) {
    Arrays.sort(values);
    return Duration.ofNanos(values[values.length / 2]);
  }

  /** Fails when it is too much; run on the image by .ci/image, where scripts are compiled. */
  public static void main(String... arguments) {
    WebGlobalsCost cost = measure();
    System.out.println(cost);
    if (cost.more().compareTo(MOST) > 0 || cost.engine.contains("Interpreted")) {
      throw new AssertionError("too much, or not compiled: " + cost);
    }
  }

  private static final class NoHost implements WebHost {
    @Override
    public void post(String what, Runnable callback) {
      callback.run();
    }

    @Override
    public void begins() {}

    @Override
    public void ends() {}

    @Override
    public CompletableFuture<Void> ended() {
      return new CompletableFuture<>();
    }

    @Override
    public PermissionCheck permissions() {
      return new PermissionCheck(Permissions.NONE, Path.of(""), List.of(), Disk.system());
    }
  }
}
