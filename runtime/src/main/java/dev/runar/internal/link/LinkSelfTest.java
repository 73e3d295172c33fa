package dev.runar.internal.link;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.ServiceScope;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends one event through the whole callback path of the other side, whose handler looks at what it
 * is given. Any thread.
 */
final class LinkSelfTest implements EventDelivery {
  /** The number of the handler that the other side has for it. */
  private static final int HANDLER = 0;

  /** The loop that it waits for is the program's own, which may be busy with its beginning. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

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

  /**
   * Completes when the event has arrived as promised.
   *
   * @param program what the other side is called
   * @throws RunarException in the future: {@code INTERNAL}, it has not
   */
  static CompletableFuture<Void> of(Peer peer, String program) {
    var test = new LinkSelfTest(peer);
    test.offer();
    return test.arrived
        .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    new RunarException(Code.INTERNAL, notArrived(error, program), error)));
  }

  private static String notArrived(Throwable error, String program) {
    String why =
        error instanceof TimeoutException
            ? "it has not come back within "
                + TIMEOUT.toSeconds()
                + " s: what holds up the event loop of "
                + program
                + "?"
            : Failures.of(error).getMessage();
    return "the self-test of the callback path, an event to the program and back, failed: " + why;
  }

  /** It has its place, whatever waits before it. */
  private void offer() {
    var exchange = new LinkEvent(handler, this);
    var gone = new RunarException(Code.CONTEXT_GONE, "the program is gone");
    peer.askReserved(exchange, exchange::frame, gone);
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
