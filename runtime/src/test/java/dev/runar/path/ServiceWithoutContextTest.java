package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Supervision;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a service when the script that it is written in ends. */
@Timeout(60)
class ServiceWithoutContextTest {
  private static final String SPINNING =
      """
      import { Node } from 'runar-ts';
      const node = new Node();
      await node.addService({
        name: 'doomed', path: 'doomed',
        actions: { spin() { while (true); }, ping: () => 'pong' },
      });
      await node.start();
      """;

  @TempDir Path folder;

  @Test
  void itIsInErrorAndItsCallersAreToldWhy() {
    var config =
        ScriptNode.CONFIG
            .withLimits(ScriptNode.CONFIG.limits().withTurnBudget(Duration.ofSeconds(1)))
            .withSupervision(Supervision.DEFAULT.withOnDeath(Supervision.OnDeath.STAY));
    try (ScriptNode app = ScriptNode.start(folder, config, SPINNING)) {
      assertThatThrownBy(() -> ScriptNode.value(app.node.request("doomed/spin", Payload.of(null))))
          .isInstanceOf(RunarException.class);

      await()
          .untilAsserted(
              () ->
                  assertThat(app.json("$registry/services/doomed/state"))
                      .isEqualTo("{\"state\":\"ERROR\"}"));
      assertThatThrownBy(() -> ScriptNode.value(app.node.request("doomed/ping", Payload.of(null))))
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.CONTEXT_GONE));
    }
  }

  @Test
  void ofAScriptThatDoesNotLoadNothingStays() {
    try (ScriptNode app = ScriptNode.start(folder, "export {};")) {
      assertThatThrownBy(() -> app.add("bad.ts", SPINNING + "\nthrow new Error('late');\n"))
          .hasMessageContaining("late");

      app.add("good.ts", SPINNING);
      assertThat(app.json("doomed/ping")).isEqualTo("\"pong\"");
    }
  }
}
