package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Delivery;
import dev.runar.PublishReceipt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who of several gets an event, and what becomes of those that wait, with real scripts. */
@Timeout(60)
class EventGroupsTest extends EventFixture {
  @Test
  void exactlyOneOfAGroupGetsEachEvent() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const got = [0, 0, 0];
            for (let i = 0; i < 3; i++) {
              await node.subscribe("jobs/*", () => { got[i]++; }, { group: "workers" });
            }
            let all = 0;
            await node.subscribe("jobs/>", () => { all++; });
            await node.addService({
              name: "own", path: "own", actions: { got: () => [...got, all] },
            });
            """)) {
      for (int i = 0; i < 30; i++) {
        PublishReceipt receipt = app.publish("jobs/a", i, HANDLED);
        assertThat(receipt.matched()).isEqualTo(2);
        assertThat(receipt.handled()).isEqualTo(2);
      }
      assertThat(app.call("own/got")).isEqualTo(List.of(10, 10, 10, 30));
      assertThat(app.ledger()).containsEntry("handled", 60L).containsEntry("matched", 60L);
    }
  }

  @Test
  void overflowRefusesDropsOrKeepsTheLatest() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            let open = () => {};
            const gate = new Promise<void>((resolve) => { open = resolve; });
            const log: string[] = [];
            let begun = 0;
            for (const overflow of ["refuse", "drop-oldest", "keep-latest"] as const) {
              await node.subscribe(`${overflow}/*`, async (n: number) => {
                begun++;
                await gate;
                log.push(`${overflow} ${n}`);
              }, { order: "serial", overflow, maxWaiting: 2 });
            }
            await node.addService({
              name: "own", path: "own", actions: { open: () => open(), log: () => log, begun: () => begun },
            });
            """)) {
      for (String overflow : List.of("refuse", "drop-oldest", "keep-latest")) {
        app.publish(overflow + "/a", 0);
      }
      await().until(() -> app.call("own/begun").equals(3)); // which counts as waiting no more
      var refused = new ConcurrentLinkedQueue<Delivery>();
      for (int n = 1; n <= 4; n++) {
        app.publish("refuse/a", n).refusals().forEach(each -> refused.add(each.reason()));
        app.publish("drop-oldest/a", n);
        app.publish("keep-latest/a", n);
        app.publish("keep-latest/b", 10 * n);
      }
      app.call("own/open");
      awaitNothingWaits(app);
      assertThat(refused).containsExactly(Delivery.FULL, Delivery.FULL);
      assertThat((List<?>) app.call("own/log"))
          .map(String::valueOf)
          .containsExactlyInAnyOrder(
              "refuse 0",
              "refuse 1",
              "refuse 2",
              "drop-oldest 0",
              "drop-oldest 3",
              "drop-oldest 4",
              "keep-latest 0",
              "keep-latest 4",
              "keep-latest 40");
      assertThat(delivery(app, "drop-oldest/*")).containsEntry("dropped", 2L);
      assertThat(delivery(app, "keep-latest/*")).containsEntry("dropped", 6L);
    }
  }

  @Test
  void eachInstanceHasAnOrderOfItsOwn() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { event, Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "own", path: "own", instances: 2, key: "id",
              events: {
                work: event({
                  order: "serial",
                  handler: async ({ id, n }: { id: number; n: number }, ctx) => {
                    await ctx.publish("own/log", `begin ${id} ${n}`);
                    await new Promise((resolve) => setTimeout(resolve, 20));
                    await ctx.publish("own/log", `end ${id} ${n}`);
                  },
                }),
              },
            });
            await node.start();
            """)) {
      var log = new ConcurrentLinkedQueue<String>();
      app.node.subscribe("own/log", (event, context) -> log.add(event.payload().asString()));
      for (int id = 0; id < 8; id++) {
        app.publish("own/work", Map.of("id", id, "n", 1));
        app.publish("own/work", Map.of("id", id, "n", 2));
      }
      awaitNothingWaits(app);
      int most = 0;
      int now = 0;
      for (String line : log) {
        now += line.startsWith("begin") ? 1 : -1;
        most = Math.max(most, now);
      }
      assertThat(most).isEqualTo(2);
      for (int id = 0; id < 8; id++) {
        String key = " " + id + " ";
        assertThat(log.stream().filter(line -> line.contains(key)))
            .containsExactly(
                "begin" + key + 1, "end" + key + 1, "begin" + key + 2, "end" + key + 2);
      }
    }
  }
}
