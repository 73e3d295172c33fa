package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.Middleware;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Supervision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What contexts that have died leave in the node: no later version of the script meets it. */
@Timeout(120)
class ReloadRemainsTest extends ReloadFixture {
  private static final NodeConfig BRISK =
      ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(1)));

  /** Deaths: one of the version that runs, one of what came in its place. */
  private static final NodeConfig AWAY_AFTER_TWO =
      BRISK.withSupervision(Supervision.DEFAULT.withDeaths(2).withBackOff(Duration.ofHours(1)));

  private static final String NO_START = "start() { throw new Error('no start'); },";

  private static String mortal(int version) {
    return counter(version).replace("version: ()", "die: () => { for (;;); }, version: ()");
  }

  private static String withMore(String script, String more) {
    return script.replace("state: {", more + " state: {");
  }

  private static void die(ScriptNode app) {
    var _ = app.node.request("s/die", Payload.of(null));
  }

  private static void awaitState(ScriptNode app, String state) {
    await().until(() -> app.context().get("state").equals(state));
  }

  @Test
  void aReloadThatFailsAfterTwoDeathsLeavesThePathToTheNext() {
    try (ScriptNode app = ScriptNode.start(folder, AWAY_AFTER_TWO, mortal(1))) {
      app.file("app.ts", withMore(counter(2), NO_START));
      die(app);
      awaitState(app, "AWAY");

      assertThat(failedReload(app, withMore(counter(3), NO_START)))
          .hasMessageContaining("no start");
      assertThat(app.logged("script lost")).as("it had died before").isEmpty();

      reload(app, counter(4));
      assertThat(app.call("s/version")).isEqualTo(4);
      assertThat(app.context()).containsEntry("state", "RUNNING");
    }
  }

  @Test
  void aReloadTakesOverFromOneThatIsBeingLoadedAnew() {
    String neverReady = withMore(counter(2), "init: () => new Promise(() => {}),");
    try (ScriptNode app = ScriptNode.start(folder, BRISK, mortal(1))) {
      app.file("app.ts", neverReady);
      die(app);
      awaitState(app, "RESTARTING");

      assertThat(failedReload(app, withMore(counter(3), NO_START)))
          .hasMessageContaining("no start");

      reload(app, counter(4));
      assertThat(app.call("s/version")).isEqualTo(4);
      assertThat(app.logged("why=a new version takes over"))
          .as("that is no error")
          .noneMatch(line -> line.startsWith("SEVERE"));
      assertThat(app.logged("script lost")).isEmpty();
      assertThat(app.context()).containsEntry("state", "RUNNING");
    }
  }

  @Test
  void aServiceThatDidNotComeBackAfterADeathIsReplacedByThatOfALaterVersion() {
    String other = "node.addService({ name: 't', path: 't', actions: { version: () => %d } });\n";
    String start = "await node.start();";
    String both = mortal(1).replace(start, other.formatted(1) + start);
    try (ScriptNode app = ScriptNode.start(folder, BRISK, both)) {
      app.file("app.ts", counter(2));
      die(app);
      await().until(() -> app.context().get("restarts").equals(1L));

      reload(app, counter(3).replace(start, other.formatted(3) + start));

      assertThat(app.call("s/version")).isEqualTo(3);
      assertThat(app.call("t/version")).isEqualTo(3);
    }
  }

  @Test
  void aServiceThatDidNotComeBackAfterADeathIsAwayStillWhenAReloadHasFailed() {
    String start = "await node.start();";
    String both =
        mortal(1)
            .replace(
                start, "node.addService({ name: 't', path: 't', actions: { a() {} } });\n" + start);
    try (ScriptNode app = ScriptNode.start(folder, BRISK, both)) {
      app.file("app.ts", counter(2));
      die(app);
      await().until(() -> app.context().get("restarts").equals(1L));

      assertThat(failedReload(app, withMore(counter(3), NO_START)))
          .hasMessageContaining("no start");

      assertThat(app.call("s/version")).isEqualTo(2);
      RunarException error = catchThrowableOfType(RunarException.class, () -> app.call("t/a"));
      assertThat(error.code()).isEqualTo(Code.NOT_RUNNING);
      reload(app, both.replace("version: () => 1", "version: () => 4"));
      assertThat(app.call("s/version")).isEqualTo(4);
    }
  }

  @Test
  void aVersionThatCannotGoBackLeavesThePathToTheNext() {
    String start = "await node.start();";
    String both =
        counter(1)
            .replace(start, "node.addService({ name: 't', path: 't', actions: {} });\n" + start);
    String slowToFail =
        withMore(
            counter(2),
            "async start() { const go = node.on('go'); await node.publish('starting');"
                + " await go; throw new Error('no start'); },");
    try (ScriptNode app = ScriptNode.start(folder, BRISK, both)) {
      app.file("app.ts", slowToFail);
      var starting = app.node.on("starting", Duration.ofSeconds(10), SubscribeOptions.DEFAULT);
      var reload = app.node.reload(app.path("app.ts"));
      ScriptNode.value(starting);
      app.add(
          "other.ts",
          "import { Node } from 'runar-ts';"
              + "await new Node().addService({ name: 'o', path: 't', actions: {} });");
      app.file("app.ts", counter(3));
      app.publish("go", null);
      assertThat(catchThrowableOfType(RunarException.class, () -> ScriptNode.value(reload)))
          .hasMessageContaining("no start");
      assertThat(app.logged("script lost")).hasSize(1);

      await().ignoreExceptions().until(() -> app.call("s/version").equals(3));
      reload(app, counter(4));
      assertThat(app.call("s/version")).isEqualTo(4);
    }
  }

  /** Sees services before they are registered, and holds up the first of one path. */
  private static final class Gate implements Middleware {
    private final String path;
    private final AtomicBoolean isHeld = new AtomicBoolean();
    private final CompletableFuture<Thread> reached = new CompletableFuture<>();
    private final CompletableFuture<Void> open = new CompletableFuture<>();

    Gate(String path) {
      this.path = path;
    }

    @Override
    public void service(Registration service) {
      if (service.path().equals(path) && isHeld.compareAndSet(false, true)) {
        reached.complete(Thread.currentThread());
        open.join(); // whatever interrupts it
      }
    }
  }

  /** Its thread is in a call of the host when another takes over, and comes out of it later. */
  @Test
  void whatAContextIsAddingWhenAnotherTakesOverDoesNotStay() throws Exception {
    String start = "await node.start();";
    String add = "node.addService({ name: 'late', path: 'late', actions: { version: () => %d } });";
    var gate = new Gate("late");
    try (Node node = Node.builder().config(BRISK).use(gate).build()) {
      Path app = folder.resolve("app.ts");
      Files.writeString(app, mortal(1));
      ScriptNode.value(node.addScript(app));
      node.start().join();
      Files.writeString(app, counter(2).replace(start, add.formatted(2) + start));
      var _ = node.request("s/die", Payload.of(null));
      Thread owner = ScriptNode.value(gate.reached);
      Files.writeString(app, counter(3));
      try {
        ScriptNode.value(node.reload(app));
        assertThat(version(node, "s")).isEqualTo(3);
      } finally {
        gate.open.complete(null);
      }
      assertThat(owner.join(Duration.ofSeconds(10))).isTrue();

      RunarException error =
          catchThrowableOfType(RunarException.class, () -> version(node, "late"));
      assertThat(error.code()).isEqualTo(Code.NOT_FOUND);
      Files.writeString(app, counter(4).replace(start, add.formatted(4) + start));
      ScriptNode.value(node.reload(app));
      assertThat(version(node, "late")).isEqualTo(4);
    }
  }

  private static Object version(Node node, String service) {
    return ScriptNode.value(node.request(service + "/version", Payload.of(null))).value();
  }
}
