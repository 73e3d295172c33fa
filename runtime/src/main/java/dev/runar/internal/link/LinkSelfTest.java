package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.ServiceScope;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sends one event through the whole callback path of the other side, whose handler looks at what it
 * is given. Any thread.
 */
final class LinkSelfTest implements EventDelivery {
  /** The number of the handler that the other side has for it. */
  private static final int HANDLER = 0;

  private final Peer peer;
  private final LinkEvents handler;
  private final Event event;
  private final CompletableFuture<Void> arrived = new CompletableFuture<>();

  private LinkSelfTest(Peer peer) {
    this.peer = peer;
    var scope = new ServiceScope("", "$selftest");
    this.handler = new LinkEvents(peer, scope, scope, HANDLER);
    Payload payload = Payload.json("{\"check\":\"runar\",\"n\":1}");
    this.event = new Event(0, "$selftest", payload, peer.core().get().clock().wallMs());
  }

  /** Completes when the event has arrived as promised. */
  static CompletableFuture<Void> of(Peer peer) {
    var test = new LinkSelfTest(peer);
    test.offer();
    return test.arrived;
  }

  private void offer() {
    Delivery answer = handler.offer(this);
    if (answer == Delivery.FULL) { // others come first
      peer.queue().whenWritable(() -> Thread.ofVirtual().start(this::offer));
    } else if (answer == Delivery.CLOSED) {
      arrived.completeExceptionally(new RunarException(Code.CONTEXT_GONE, "the program is gone"));
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
