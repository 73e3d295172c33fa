package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.runar.Reload;
import dev.runar.RunarException;
import dev.runar.Service;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.io.TempDir;

/** How to load a script anew, and the scripts for it. */
abstract class ReloadFixture {
  @TempDir Path folder;

  static Reload reload(ScriptNode app, String script) {
    app.file("app.ts", script);
    return ScriptNode.value(app.node.reload(app.path("app.ts")));
  }

  static RunarException failedReload(ScriptNode app, String script) {
    RunarException error = catchThrowableOfType(RunarException.class, () -> reload(app, script));
    assertThat(error).isNotNull();
    return error;
  }

  /** Tells which version answers, and counts. */
  static String counter(int version) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    let count = 0;
    node.addService({
      name: "s", path: "s",
      actions: {
        version: () => %1$d,
        count: () => ++count,
        never: () => new Promise(() => {}),
        held: async () => { await node.request("gate/pass"); return %1$d; },
      },
      state: { save: () => ({ count }), restore: (saved: { count: number }) => { count = saved.count; } },
    });
    await node.start();
    """
        .formatted(version);
  }

  /** What {@code s/held} of any version waits for, until it is counted down. */
  static CountDownLatch gate(ScriptNode app) {
    var gate = new CountDownLatch(1);
    Service service =
        Service.at("gate")
            .action(
                "pass",
                (payload, context) -> {
                  gate.await();
                  return payload;
                })
            .build();
    app.node.addService(service).join();
    return gate;
  }

  static void allIsAccountedFor(ScriptNode app) {
    await()
        .untilAsserted(
            () -> {
              Map<String, Object> ledger = app.ledger();
              assertThat(ledger).containsEntry("waiting", 0L);
              assertThat((long) (Long) ledger.get("queued"))
                  .isEqualTo((long) (Long) ledger.get("handled") + (Long) ledger.get("failed"));
            });
  }

  /** Two handlers of numbered events; what they have seen is their state. */
  static String ordered(int version) {
    return """
    import { Node } from "runar-ts";
    const node = new Node();
    let seen: Record<string, [number, number][]> = { service: [], loose: [] };
    await node.addService({
      name: "s", path: "s",
      events: { "n/*": (pair: [number, number]) => { seen.service.push(pair); } },
      actions: {
        version: () => %d,
        seen: (handler: string, who: number) =>
          seen[handler].filter((pair) => pair[0] === who).map((pair) => pair[1]),
      },
      state: { save: () => seen, restore: (saved: typeof seen) => { seen = saved; } },
    });
    await node.start();
    await node.subscribe("n/x", (pair) => { seen.loose.push(pair as [number, number]); });
    """
        .formatted(version);
  }

  @SuppressWarnings("unchecked")
  static List<Integer> of(ScriptNode app, String handler, int who) {
    return (List<Integer>) app.call("s/seen", Map.of("handler", handler, "who", who));
  }
}
