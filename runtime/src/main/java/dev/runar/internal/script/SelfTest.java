package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.ServiceScope;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Sends one event through the whole callback path of one context. Any thread. */
final class SelfTest implements EventDelivery {
  private final ScriptContext context;
  private final Event event;
  private final CompletableFuture<Void> arrived = new CompletableFuture<>();

  private SelfTest(ScriptContext context) {
    this.context = context;
    Payload payload = Payload.json("{\"check\":\"runar\",\"n\":1}");
    this.event = new Event(0, "$selftest", payload, context.clock().wallMs());
  }

  /** Completes when the event has arrived as promised. */
  static CompletableFuture<Void> of(ScriptContext context) {
    var test = new SelfTest(context);
    test.begin();
    return test.arrived;
  }

  private void begin() {
    Consumer<RunarException> waiting = arrived::completeExceptionally;
    context.remember(waiting);
    var _ = arrived.whenComplete((done, error) -> context.forget(waiting));
    context.postReserved(
        "self-test",
        () -> {
          var handler = context.functions().event.execute(context.functions().selfTest.execute());
          var events = new ScriptEvents(context, new ServiceScope("", "$selftest"), "", handler);
          Thread.ofVirtual().start(() -> offer(events));
        });
  }

  /** From another thread, as every event comes. */
  private void offer(ScriptEvents events) {
    Delivery answer = events.offer(this);
    if (answer == Delivery.FULL) { // others come first
      context.queue().whenWritable(0, () -> Thread.ofVirtual().start(() -> offer(events)));
    } else if (answer != Delivery.QUEUED) {
      arrived.completeExceptionally(
          new RunarException(Code.INTERNAL, "the callback queue answered " + answer));
    }
  }

  @Override
  public Event event() {
    return event;
  }

  @Override
  public Map<String, String> pathParams() {
    return Map.of();
  }

  @Override
  public void handled() {
    arrived.complete(null);
  }

  @Override
  public void failed(RunarException error) {
    arrived.completeExceptionally(error);
  }
}
