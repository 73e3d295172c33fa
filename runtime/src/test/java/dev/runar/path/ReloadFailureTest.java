package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Supervision;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scripts that are loaded anew and fail at it: the old version goes on, or the next one takes over.
 */
@Timeout(180)
class ReloadFailureTest extends ReloadFixture {
  /** For versions that take too long; those that do not must load in it, too. */
  private static final NodeConfig BRIEF =
      ScriptNode.CONFIG.withSupervision(Supervision.DEFAULT.withLoadTimeout(Duration.ofSeconds(4)));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "const = 1;                                            | SCRIPT    | app.ts:1",
        "throw new Error('at the top');                        | SCRIPT    | at the top",
        "import './nowhere';                                   | SCRIPT    | nowhere",
        "await new Promise(() => {});                          | TIMEOUT   | has not loaded",
        "for (;;);                                             | TIMEOUT   | has not loaded",
        "add({ init() { throw new Error('no init'); } });      | SCRIPT | no init",
        "add({ start() { throw new Error('no start'); } });    | HANDLER_FAILED | no start",
        "add({ start: () => new Promise(() => {}) });          | TIMEOUT   | start",
        "add({ start() { for (;;); } });                       | TIMEOUT   | start",
        "add({ state: { save() {}, restore() { throw new Error('no restore'); } } }); |"
            + " HANDLER_FAILED | no restore",
        "add({ path: 'other' });                               | DUPLICATE | other",
      })
  void aBrokenVersionLeavesTheOldOneRunning(String line, String code, String says) {
    String broken =
        line.strip().startsWith("add(")
            ? """
            import { Node } from "runar-ts";
            const node = new Node();
            const add = (more: object) => node.addService({ name: "s", path: "s", actions: { version: () => 2 }, ...more } as never);
            """
                + line.strip()
            : line;
    NodeConfig config = code.equals("TIMEOUT") ? BRIEF : ScriptNode.CONFIG;
    try (ScriptNode app = ScriptNode.start(folder, config, counter(1))) {
      CountDownLatch gate = gate(app);
      app.add(
          "other.ts",
          "import { Node } from 'runar-ts';"
              + "await new Node().addService({ name: 'o', path: 'other', actions: {} });");
      app.call("s/count");
      var held = app.node.request("s/held", Payload.of(null));
      app.call("s/version");

      RunarException error = failedReload(app, broken);

      assertThat(error.code()).isEqualTo(Code.valueOf(code));
      assertThat(error).hasMessageContaining(says);
      assertThat(app.call("s/version")).isEqualTo(1);
      assertThat(app.call("s/count")).isEqualTo(2);
      gate.countDown();
      assertThat(ScriptNode.value(held).value()).isEqualTo(1);

      reload(app, counter(3));
      assertThat(app.call("s/version")).isEqualTo(3);
      assertThat(app.call("s/count")).isEqualTo(3);
    }
  }

  @Test
  void whatComesWhileANewVersionFailsToStartGoesBackInOrder() {
    try (ScriptNode app = ScriptNode.start(folder, ordered(0))) {
      app.file(
          "app.ts",
          ordered(1)
              .replace(
                  "actions: {",
                  "async start() { await new Promise((_, no) => setTimeout(() => no(new Error('late"
                      + " no')), 300)); }, actions: { extra: () => 1,"));
      var stop = new AtomicBoolean();
      var published = new AtomicInteger();
      Thread publisher =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!stop.get()) {
                      if (app.node
                              .publish("n/x", Payload.of(List.of(0, published.get())))
                              .join()
                              .queued()
                          == 2) {
                        published.incrementAndGet();
                      }
                      LockSupport.parkNanos(100_000);
                    }
                  });
      RunarException error =
          catchThrowableOfType(
              RunarException.class, () -> ScriptNode.value(app.node.reload(app.path("app.ts"))));
      assertThat(error).hasMessageContaining("late no");
      stop.set(true);
      await().until(() -> !publisher.isAlive());

      allIsAccountedFor(app);
      assertThat(app.call("s/version")).isEqualTo(0);
      for (String handler : List.of("service", "loose")) {
        assertThat(of(app, handler, 0))
            .isEqualTo(IntStream.range(0, published.get()).boxed().toList());
      }
    }
  }

  @Test
  void aScriptThatDiesAfterwardsComesBackInItsNewVersion() {
    String mortal = counter(2).replace("version: ()", "die: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(1)));
    try (ScriptNode app = ScriptNode.start(folder, config, counter(1))) {
      reload(app, mortal);
      var _ = app.node.request("s/die", Payload.of(null));
      await().until(() -> app.context().get("restarts").equals(1L));
      assertThat(app.call("s/version")).isEqualTo(2);
    }
  }

  @Test
  void whenBothVersionsFailTheNextOneStillTakesOver() {
    String stuck = counter(1).replace("version: ()", "spin: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(1)));
    try (ScriptNode app = ScriptNode.start(folder, config, stuck)) {
      var _ = app.node.request("s/spin", Payload.of(null));
      app.file(
          "app.ts",
          counter(2).replace("state: {", "start() { throw new Error('no start'); }, state: {"));
      assertThat(app.node.reload(folder.resolve("app.ts"))).failsWithin(Duration.ofSeconds(20));
      app.file("app.ts", counter(3));
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(
              () -> {
                ScriptNode.value(app.node.reload(folder.resolve("app.ts")));
                return app.call("s/version").equals(3);
              });
      assertThat(app.context()).containsEntry("state", "RUNNING");
    }
  }

  @Test
  void aScriptThatIsAwayIsReplacedToo() {
    String broken = counter(1).replace("version: ()", "die: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG
            .withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(1)))
            .withSupervision(Supervision.DEFAULT.withDeaths(1).withBackOff(Duration.ofHours(1)));
    try (ScriptNode app = ScriptNode.start(folder, config, broken)) {
      var _ = app.node.request("s/die", Payload.of(null));
      await().until(() -> app.context().get("state").equals("AWAY"));
      reload(app, counter(2));
      assertThat(app.call("s/version")).isEqualTo(2);
      assertThat(app.context()).containsEntry("state", "RUNNING");
    }
  }

  @Test
  void anOldVersionThatDiesWhileItMakesWayLosesOnlyWhatItWasBusyWith() {
    String stuck = counter(1).replace("version: ()", "spin: () => { for (;;); }, version: ()");
    NodeConfig config =
        ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(5)));
    try (ScriptNode app = ScriptNode.start(folder, config, stuck)) {
      var spin = app.node.request("s/spin", Payload.of(null));
      var waiting =
          IntStream.range(0, 50)
              .mapToObj(i -> app.node.request("s/version", Payload.of(null)))
              .toList();
      reload(app, counter(2));
      RunarException error =
          catchThrowableOfType(RunarException.class, () -> ScriptNode.value(spin));
      assertThat(error.code()).isEqualTo(Code.TIMEOUT);
      assertThat(waiting)
          .allSatisfy(call -> assertThat(ScriptNode.value(call).value()).isEqualTo(2));
      assertThat(app.call("s/version")).isEqualTo(2);
    }
  }

  @Test
  void aNodeThatStopsMeanwhileTellsEverybody() {
    try (ScriptNode app = ScriptNode.start(folder, counter(1))) {
      app.file(
          "app.ts",
          counter(2)
              .replace(
                  "actions: {",
                  "async start() { await node.publish('log/starting'); await new Promise(() => {});"
                      + " }, actions: {"));
      var starting = app.node.on("log/starting", Duration.ofSeconds(10), SubscribeOptions.DEFAULT);
      var reload = app.node.reload(app.path("app.ts"));
      ScriptNode.value(starting);
      var held = app.node.request("s/version", Payload.of(null));
      app.node.stop().join();
      assertThat(catchThrowableOfType(RunarException.class, () -> ScriptNode.value(held)))
          .isNotNull();
      assertThat(catchThrowableOfType(RunarException.class, () -> ScriptNode.value(reload)))
          .isNotNull();
      assertThat(app.node.state()).isEqualTo(Node.State.STOPPED);
    }
  }

  @Test
  void aScriptThatIsNotThereCannotBeReloaded() {
    try (ScriptNode app = ScriptNode.start(folder, counter(1))) {
      RunarException error =
          catchThrowableOfType(
              RunarException.class, () -> ScriptNode.value(app.node.reload(app.path("other.ts"))));
      assertThat(error.code()).isEqualTo(Code.NOT_FOUND);
    }
  }
}
