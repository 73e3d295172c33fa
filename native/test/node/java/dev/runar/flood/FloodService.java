package dev.runar.flood;

import dev.runar.ActionHandler;
import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.RequestContext;
import dev.runar.RequestOptions;
import dev.runar.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The service {@code producers}, which a program asks for what Java does to it. Any thread. */
final class FloodService implements Service.Lifecycle {
  private static final long NANOS_OF_MS = 1_000_000;

  private final ConcurrentLinkedQueue<FloodRun> runs = new ConcurrentLinkedQueue<>();
  private volatile @Nullable NodeContext node;

  /** So many events on a topic, each some time behind the one before. */
  record Slowly(String topic, int count, int betweenMs) {}

  Service service() {
    return Service.at("producers")
        .action("flood", ActionHandler.of(Flood.class, (flood, context) -> flood(flood)))
        .action("calls", ActionHandler.of(Calls.Wanted.class, (in, context) -> calls(in)))
        .action("races", ActionHandler.of(Races.Wanted.class, (in, context) -> races(in)))
        .action("slowly", ActionHandler.of(Slowly.class, (in, context) -> slowly(in)))
        .action("shapes", this::shapes)
        .action("echo", (payload, context) -> payload)
        .action("pid", (payload, context) -> Payload.of(ProcessHandle.current().pid()))
        .lifecycle(this)
        .build();
  }

  @Override
  public void init(NodeContext context) {
    node = context;
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::end));
  }

  @Override
  public void stop(NodeContext context) {
    end();
  }

  private void end() {
    runs.forEach(FloodRun::end);
  }

  private NodeContext node() {
    NodeContext known = node;
    if (known == null) {
      throw new IllegalStateException("init comes first");
    }
    return known;
  }

  private Payload flood(Flood flood) throws InterruptedException {
    var run = new FloodRun(node(), flood);
    runs.add(run);
    return run.run();
  }

  private Payload calls(Calls.Wanted wanted) throws InterruptedException {
    return new Calls(node(), wanted).run();
  }

  private Payload races(Races.Wanted wanted) {
    return new Races(node(), wanted).run();
  }

  private Payload slowly(Slowly wanted) {
    int queued = 0;
    for (int i = 0; i < wanted.count(); i++) {
      LockSupport.parkNanos(wanted.betweenMs() * NANOS_OF_MS);
      PublishReceipt receipt =
          node()
              .publish(wanted.topic(), Payload.object("n", i, "at", System.currentTimeMillis()))
              .join();
      queued += receipt.queued();
    }
    return Payload.of(queued);
  }

  /** Each kind of payload once as an event on {@code shape/KIND} and once as a request. */
  private Payload shapes(Payload payload, RequestContext context) {
    List<@Nullable Object> answers = new ArrayList<>();
    for (Map.Entry<String, Payload> shape : SHAPES.entrySet()) {
      PublishReceipt receipt = node().publish("shape/" + shape.getKey(), shape.getValue()).join();
      Payload answer = node().request("app/shape", shape.getValue(), RequestOptions.DEFAULT).join();
      answers.add(
          Payload.object(
                  "kind", shape.getKey(),
                  "queued", receipt.queued(),
                  "isSame", answer.equals(shape.getValue()))
              .value());
    }
    return Payload.of(answers);
  }

  private static final Map<String, Payload> SHAPES = Shapes.all();
}
