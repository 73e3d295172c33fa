package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import dev.runar.Supervision.OnDeath;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.SessionDirectory;
import dev.runar.internal.script.ScriptHistory.State;
import dev.runar.internal.script.module.Excerpts;
import dev.runar.internal.script.permission.PermissionCheck;
import dev.runar.internal.sdk.NodeControl;
import dev.runar.spi.Clock;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A script whose context dies when no other one can even be begun. */
@Timeout(30)
class SupervisedScriptTest {
  private static final Supervision QUICK =
      Supervision.DEFAULT.withDeaths(3).withBackOff(Duration.ofMillis(1));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final NodeCore core = new NodeCore(NodeConfig.DEFAULT, Clock.system(), threads);
  private final Births births = new Births();

  @AfterEach
  void close() {
    core.close();
    threads.close();
  }

  /** Begins contexts that die as soon as they are started; or throws what it is told to. */
  private static final class Births implements Birth.Source {
    final Queue<Throwable> refusals = new ConcurrentLinkedQueue<>();
    final List<ScriptContext> begun = new CopyOnWriteArrayList<>();
    final Queue<State> statesAtBegin = new ConcurrentLinkedQueue<>();
    final CompletableFuture<Void> over = new CompletableFuture<>();

    @Override
    public Birth begin(SupervisedScript script, Seat seat) {
      statesAtBegin.add(script.history().state());
      switch (refusals.poll()) {
        case RuntimeException refusal -> throw refusal;
        case Error refusal -> throw refusal;
        case null, default -> {}
      }
      var context =
          new ScriptContext(
              "app.ts#1",
              NodeConfig.DEFAULT.limits(),
              Clock.system(),
              SessionDirectory.EMPTY,
              new NoContexts(),
              script);
      begun.add(context);
      return new Birth(context, CompletableFuture.completedFuture(null), seat);
    }

    @Override
    public CompletableFuture<Void> test(ScriptContext context) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void over(SupervisedScript script) {
      over.complete(null);
    }
  }

  /** Makes none, so that the owner thread ends at once. */
  private static final class NoContexts implements ContextFactory {
    private static IllegalStateException none() {
      return new IllegalStateException("no context today");
    }

    @Override
    public Context create(ScriptContext owner) {
      throw none();
    }

    @Override
    public PermissionCheck permissions() {
      throw none();
    }

    @Override
    public Excerpts excerpts() {
      throw none();
    }

    @Override
    public String stack(Thread thread) {
      return "";
    }

    @Override
    public HostBindings bindings(ScriptContext owner) {
      throw none();
    }

    @Override
    public Value bootstrap(ScriptContext owner, Context context, HostBindings bindings) {
      throw none();
    }
  }

  private SupervisedScript running(Supervision supervision) {
    var script =
        new SupervisedScript(
            "app.ts#1",
            supervision,
            10,
            Clock.system(),
            new NodeRegistrar(() -> core, new NoControl()),
            births);
    script.begin().join();
    assertThat(script.history().state()).isEqualTo(State.RUNNING);
    return script;
  }

  /** Nobody here asks the node for anything. */
  private static final class NoControl implements NodeControl {
    @Override
    public String configure(String json) {
      return "";
    }

    @Override
    public CompletableFuture<Void> start() {
      return new CompletableFuture<>();
    }

    @Override
    public List<URI> urls() {
      return List.of();
    }

    @Override
    public CompletableFuture<Void> stop() {
      return new CompletableFuture<>();
    }

    @Override
    public void exitCode(int code) {}

    @Override
    public SessionDirectory sessions() {
      return SessionDirectory.EMPTY;
    }
  }

  private void die() {
    var _ = births.begun.getLast().start();
  }

  @Test
  void whatCannotBeBegunIsADeathAndIsTriedAgainLater() {
    SupervisedScript script = running(QUICK);
    births.refusals.add(new RunarException(Code.OVERLOADED, "no room"));
    births.refusals.add(new OutOfMemoryError("unable to create native thread"));
    births.refusals.add(new IllegalStateException("no disk"));

    die();

    await().until(() -> script.history().state() == State.RUNNING && births.begun.size() == 2);
    assertThat(births.statesAtBegin)
        .containsExactly(
            State.LOADING,
            State.RESTARTING,
            State.RESTARTING,
            State.RESTARTING, // after a back-off: it was away until then
            State.RESTARTING);
    assertThat(script.history()).isEqualTo(new ScriptHistory(State.RUNNING, 4, 1, "no disk"));
  }

  @Test
  void itIsAwayUntilTheNextTry() {
    SupervisedScript script = running(QUICK.withDeaths(2).withBackOff(Duration.ofHours(1)));
    births.refusals.add(new IllegalStateException("no disk"));

    die();

    await().until(() -> script.history().state() == State.AWAY);
    assertThat(script.history().lastDeath()).isEqualTo("no disk");
    assertThat(script.returns()).isTrue();
    assertThat(script.whyAway()).startsWith("its script died 2 times within");
  }

  @Test
  void oneThatStopsMeanwhileIsOver() {
    SupervisedScript script = running(QUICK.withDeaths(2).withBackOff(Duration.ofHours(1)));
    births.refusals.add(new IllegalStateException("no disk"));
    die();
    await().until(() -> script.history().state() == State.AWAY);

    script.stop(new RunarException(Code.SHUTDOWN, "enough"), Duration.ofSeconds(1)).join();

    assertThat(script.history().state()).isEqualTo(State.ENDED);
    assertThat(script.returns()).isFalse();
  }

  @Test
  void oneThatIsNotToComeBackIsOverForGood() {
    SupervisedScript script = running(QUICK.withOnDeath(OnDeath.STAY));

    die();

    births.over.join();
    assertThat(script.history().state()).isEqualTo(State.ENDED);
    assertThat(births.begun).hasSize(1);
  }
}
