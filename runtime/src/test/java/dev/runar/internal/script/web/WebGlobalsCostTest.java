package dev.runar.internal.script.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Permissions;
import dev.runar.internal.script.permission.PermissionCheck;
import dev.runar.spi.Disk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the globals cost a context that uses none of them. */
@Timeout(60)
class WebGlobalsCostTest {
  private static final int ROUNDS = 31;
  private static final Duration MOST = Duration.ofMillis(10);

  @Test
  void aContextWithAllGlobalsCostsAtMostTenMillisecondsMoreThanABareOne() {
    try (Engine engine =
            Engine.newBuilder("js").option("engine.WarnInterpreterOnly", "false").build();
        var platform = new WebPlatform()) {
      long[] bare = new long[ROUNDS];
      long[] full = new long[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        bare[i] = nanos(engine, platform, false);
        full[i] = nanos(engine, platform, true);
      }
      assertThat(Duration.ofNanos(median(full) - median(bare))).isLessThan(MOST);
    }
  }

  private static long nanos(Engine engine, WebPlatform platform, boolean withGlobals) {
    long begun = System.nanoTime();
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
      return System.nanoTime() - begun;
    }
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static final class NoHost implements WebHost {
    @Override
    public void post(String what, Runnable callback) {
      callback.run();
    }

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
