package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session and the service it talks to: when one of them ends, the other is told at once. */
@Timeout(60)
class SessionEndTest {
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withTurnBudget(Duration.ofSeconds(1)));

  private static final String LIVE =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const seen: string[] = [];
      await node.addService({
        name: "watch", path: "watch",
        actions: {
          seen: () => seen,
          remove: () => { setTimeout(() => node.removeService("live"), 1); },
        },
      });
      await node.addService({
        name: "live", path: "live",
        actions: { spin() { while (true); } },
        sockets: {
          "/live": {
            message(session, data) { session.send(data); },
            close(_, code) { seen.push(`close ${code}`); },
          },
        },
      });
      await node.addService({
        name: "other", path: "other",
        sockets: { "/other": { message(session, data) { session.send(data); } } },
      });
      """;

  @TempDir Path folder;

  @Test
  void silentSessionsOfAContextThatDiesAreClosedAtOnce() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, LIVE)) {
      Client silent = app.connect("/live");
      Client other = app.connect("/other");
      Client topics = app.connect("/topics");
      catchThrowableOfType(RunarException.class, () -> app.call("live/spin"));
      assertThat(silent.closed()).startsWith("1013 ");
      assertThat(other.closed()).startsWith("1013 ");
      assertThat(topics.send("{\"ping\":1}").next()).isEqualTo("{\"pong\":1}");
      assertThat(port(app, "refusals")).containsEntry("ENDPOINT_CLOSED", 2L);
    }
  }

  @Test
  void silentSessionsOfAServiceThatIsRemovedAreClosedAtOnceAndItsScriptHearsOfIt() {
    try (ScriptNode app = ScriptNode.start(folder, LIVE)) {
      Client silent = app.connect("/live");
      Client other = app.connect("/other");
      app.call("watch/remove");
      assertThat(silent.closed()).startsWith("1013 ");
      await().until(() -> app.call("watch/seen").equals(List.of("close 1013")));
      assertThat(other.send("still here").next()).isEqualTo("still here");
      assertThat(port(app, "refusals")).containsEntry("ENDPOINT_CLOSED", 1L);
    }
  }

  @Test
  void aSessionThatEndsCancelsItsRequests() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            let waiting = 0;
            let aborted = 0;
            await node.addService({
              name: "slow", path: "slow",
              actions: {
                run: (input, ctx) => new Promise(() => {
                  waiting++;
                  ctx.signal.addEventListener("abort", () => { aborted++; });
                }),
                counts: () => ({ waiting, aborted }),
              },
            });
            """)) {
      Client leaving = app.connect("/topics");
      Client staying = app.connect("/topics");
      for (int i = 0; i < 3; i++) {
        leaving.send("{\"request\":\"slow/run\",\"id\":" + i + "}");
      }
      staying.send("{\"request\":\"slow/run\",\"id\":9}");
      await().until(() -> counts(app).get("waiting").equals(4));
      leaving.close();
      await().until(() -> counts(app).get("aborted").equals(3));
      // the one that stays and the one that asks
      await().until(() -> ScriptNode.map(app.status().get("requests")).get("inFlight").equals(2));
      assertThat(port(app).get("cancelledRequests")).isEqualTo(3L);
      assertThat(counts(app).get("aborted")).isEqualTo(3);
    }
  }

  private static Map<String, Object> counts(ScriptNode app) {
    return ScriptNode.map(
        ScriptNode.value(app.node.request("slow/counts", Payload.of(null))).value());
  }

  private static Map<String, Object> port(ScriptNode app) {
    return ScriptNode.map(app.status().get("port"));
  }

  private static Map<String, Object> port(ScriptNode app, String part) {
    return ScriptNode.map(port(app).get(part));
  }
}
