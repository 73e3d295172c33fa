package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.Supervision.OnDeath;
import dev.runar.TestEvent;
import dev.runar.TestEvent.Failure;
import dev.runar.TestPlan;
import dev.runar.Tools;
import dev.runar.cli.report.TestStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/** One test file in a node of its own. Any thread; {@link #run} blocks. */
final class TestFileRun {
  /** A top level may await its tests, of which each has its own time. */
  private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(10);

  /** What is left in a node when its tests are over has no claim to be waited for. */
  private static final Duration DRAIN_TIMEOUT = Duration.ofMillis(200);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final Surroundings surroundings;
  private final NodeConfig config;
  private final TestStream.FileStream stream;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  TestFileRun(Surroundings surroundings, NodeConfig config, TestStream.FileStream stream) {
    this.surroundings = surroundings;
    this.config = forTests(config);
    this.stream = stream;
  }

  /** A file that dies is a failure, not to be tried again; a port may be taken by another file. */
  private static NodeConfig forTests(NodeConfig config) {
    var port = config.server().port();
    return config
        .withSupervision(
            config.supervision().withOnDeath(OnDeath.STAY).withLoadTimeout(LOAD_TIMEOUT))
        .withDrainTimeout(DRAIN_TIMEOUT)
        .withServer(
            port instanceof PortChoice.Fixed ? config.server().withPort(0) : config.server());
  }

  /** Runs it to its end; the stream has been told of everything then. */
  void run(Path script, Function<Consumer<TestEvent>, TestPlan> plan) {
    try {
      Node node = surroundings.nodes().apply(config, Tools.NONE.withTests(plan.apply(this::tell)));
      try {
        node.addScript(script).get();
        done.join();
      } finally {
        node.stop().get(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException e) {
      fail(e.getCause() instanceof RunarException error ? error.getMessage() : e.toString());
    } catch (TimeoutException e) {
      fail("its node did not stop within " + STOP_PATIENCE.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("it was interrupted");
    } catch (RuntimeException e) {
      fail(e.toString());
      throw e;
    }
  }

  private void tell(TestEvent event) {
    stream.accept(event);
    if (event instanceof TestEvent.Done) {
      done.complete(null);
    }
  }

  /** What was told before the end stays as it is. */
  private void fail(@org.jspecify.annotations.Nullable String why) {
    tell(new TestEvent.Done(Optional.of(Failure.of("testCodeFailure", String.valueOf(why)))));
  }
}
