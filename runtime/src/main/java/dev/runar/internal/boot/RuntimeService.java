package dev.runar.internal.boot;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.Service;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.RunningOn;
import dev.runar.internal.node.StreamCounts;
import dev.runar.internal.script.ScriptHost;
import dev.runar.internal.script.ScriptStatus;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The service {@code $runtime}: how the node is. */
final class RuntimeService {
  private RuntimeService() {}

  static Service of(
      Node node, NodeCore core, Contexts contexts, Supplier<Map<String, ?>> portStatus) {
    return DeliveryActions.addTo(Service.at("$runtime"), core.deliveries())
        .name("runtime")
        .description("How the node is: engine, queues, deliveries, clients, memory")
        .action(
            "status",
            (payload, context) -> Payload.of(status(node, core, contexts, portStatus.get())))
        .action("self-test", (payload, context) -> selfTest(contexts))
        .build();
  }

  /** Sends one event to every context and says to which; fails if it does not arrive. Blocks. */
  private static Payload selfTest(Contexts contexts) {
    long begun = System.nanoTime();
    List<String> names = contexts.status().stream().map(ScriptStatus::name).toList();
    contexts.selfTest().join();
    return Payload.object("contexts", names, "ms", (System.nanoTime() - begun) / 1e6);
  }

  private static Map<String, @Nullable Object> status(
      Node node, NodeCore core, Contexts contexts, Map<String, ?> port) {
    var runtime = ManagementFactory.getRuntimeMXBean();
    var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    var status = new LinkedHashMap<String, @Nullable Object>();
    status.put("version", Node.version());
    status.put("state", node.state().name());
    status.put("java", Runtime.version().toString());
    status.put("pid", ProcessHandle.current().pid());
    status.put("uptimeMs", runtime.getUptime());
    ScriptHost scripts = contexts.scripts();
    status.put("engine", Map.of("name", scripts.engineName(), "compiled", scripts.isCompiling()));
    status.put("urls", node.urls().stream().map(URI::toString).toList());
    status.put("contexts", contexts.status().stream().map(RuntimeService::context).toList());
    status.put("links", contexts.program().status());
    status.put("ledger", ledger(core));
    status.put("deliveries", core.deliveries().sums());
    status.put(
        "requests",
        Map.of("inFlight", core.requestsInFlight(), "lateSettles", core.ledger().lateSettles()));
    status.put("actions", core.actionCounts());
    status.put(
        "runningOn", core.runningOn().handlers().stream().map(RuntimeService::late).toList());
    status.put("streams", streams(core.streams().counts()));
    status.put("subscriptions", core.subscriptions());
    status.put("port", port);
    status.put("memory", Map.of("heapUsed", heap.getUsed(), "heapMax", heap.getMax()));
    return status;
  }

  private static Map<String, ?> context(ScriptStatus context) {
    var map = new LinkedHashMap<String, Object>();
    map.put("name", context.name());
    map.put("waiting", context.waiting());
    map.put("waitingBytes", context.waitingBytes());
    map.put("queued", context.queued());
    map.put("refusedFull", context.full());
    map.put("refusedClosed", context.closed());
    map.put("pending", context.pending());
    map.put("failed", context.failed());
    map.put("uncaught", context.uncaught());
    map.put("state", context.state());
    map.put("deaths", context.deaths());
    map.put("restarts", context.restarts());
    map.put("lastDeath", context.lastDeath());
    map.put("refusals", context.refusals());
    return map;
  }

  /** A handler that nobody waits for any more. */
  private static Map<String, ?> late(RunningOn.Handler handler) {
    return Map.of(
        "path", handler.path(),
        "requestId", handler.requestId(),
        "caller", handler.caller(),
        "why", handler.why(),
        "sinceMs", handler.since().toMillis());
  }

  private static Map<String, ?> streams(StreamCounts.Counts streams) {
    return Map.of(
        "open", streams.open(),
        "opened", streams.opened(),
        "refused", streams.refused(),
        "items", streams.items(),
        "mostAhead", streams.mostAhead(),
        "mostBytes", streams.mostBytes());
  }

  private static Map<String, ?> ledger(NodeCore core) {
    var counts = core.ledger().counts();
    var map = new LinkedHashMap<String, Object>();
    map.put("published", counts.published());
    map.put("matched", counts.matched());
    map.put("queued", counts.queued());
    map.put("refused", counts.refused());
    map.put("handled", counts.handled());
    map.put("failed", counts.failed());
    map.put("waiting", counts.waiting());
    return map;
  }
}
