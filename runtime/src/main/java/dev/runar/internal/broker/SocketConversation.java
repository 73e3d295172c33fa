package dev.runar.internal.broker;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.CloseCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;

/**
 * A raw WebSocket path of a service: open, messages in order, close. Lane's thread only.
 *
 * <p>While the service is full the client is not read; what was decoded already waits here, at most
 * one read of the socket. The close waits its turn too and is never lost while the service lives.
 */
final class SocketConversation implements Conversation {

  /** What the service is told, in order. */
  private sealed interface Step {
    record Open() implements Step {}

    record Message(Payload payload) implements Step {}

    record Close(int code, String reason) implements Step {}
  }

  private final ClientSession session;
  private SocketEndpoint endpoint;
  private final BrokerStats stats;
  private final ArrayDeque<Step> backlog = new ArrayDeque<>(0);
  private boolean waiting;
  private boolean gone;

  /** The client, that the service is gone; it counts once. */
  private boolean told;

  SocketConversation(ClientSession session, SocketEndpoint endpoint, BrokerStats stats) {
    this.session = session;
    this.endpoint = endpoint;
    this.stats = stats;
  }

  /**
   * Begins one with the endpoint that has let the client in, or with the one that has taken its
   * place since.
   */
  static void begin(
      ClientSession session, NodeGate gate, SocketEndpoint endpoint, BrokerStats stats) {
    Optional<SocketEndpoint> current = gate.socket(session.path());
    SocketEndpoint own =
        current.filter(now -> !now.includes(endpoint)).orElse(endpoint).ofNewConnection();
    var conversation = new SocketConversation(session, own, stats);
    session.begin(conversation);
    conversation.open();
    if (current.isEmpty() || !current.get().includes(own)) {
      conversation.endpointGone(own);
    }
  }

  void open() {
    take(new Step.Open());
  }

  @Override
  public void text(byte[] utf8, int from, int length) {
    String text = new String(utf8, from, length, StandardCharsets.UTF_8);
    take(new Step.Message(Payload.of(text)));
  }

  @Override
  public void binary(byte[] bytes, int from, int length) {
    byte[] copy = Arrays.copyOfRange(bytes, from, from + length);
    take(new Step.Message(Payload.encoded(Payload.Kind.BYTES, copy)));
  }

  @Override
  public void closed(int code, String reason) {
    take(new Step.Close(code, reason));
  }

  private void take(Step step) {
    if (gone) {
      return;
    }
    if (waiting || !backlog.isEmpty()) {
      backlog.add(step);
      return;
    }
    switch (offer(step)) {
      case QUEUED -> {}
      case FULL -> {
        backlog.add(step);
        await(step);
      }
      case CLOSED -> giveUp();
    }
  }

  private Delivery offer(Step step) {
    return switch (step) {
      case Step.Open() -> endpoint.open(session);
      case Step.Message(var payload) -> endpoint.message(session, payload);
      case Step.Close(var code, var reason) -> endpoint.close(session, code, reason);
    };
  }

  private void await(Step refused) {
    waiting = true;
    session.pauses().begin(Pauses.Reason.ENDPOINT);
    int bytes = refused instanceof Step.Message(var payload) ? payload.size() : 0;
    endpoint.whenWritable(bytes, () -> session.post(this::drain));
  }

  private void drain() {
    waiting = false;
    for (Step step = backlog.peek(); step != null; step = backlog.peek()) {
      Delivery answer = offer(step);
      if (answer == Delivery.FULL) {
        await(step);
        return;
      }
      if (answer == Delivery.CLOSED) {
        giveUp();
        return;
      }
      backlog.remove();
    }
    session.pauses().end(Pauses.Reason.ENDPOINT);
  }

  private void giveUp() {
    gone = true;
    backlog.clear();
    session.pauses().end(Pauses.Reason.ENDPOINT);
    closeForGood();
  }

  /** A script that lives on without the service still hears of the close, in its turn. */
  @Override
  public void endpointGone(SocketEndpoint which) {
    if (which.equals(endpoint)) {
      closeForGood();
    }
  }

  /**
   * The old one passes on what it was offered, so the order is kept. One of several cannot: what it
   * was offered it still does, and its successor hears of a new connection.
   */
  @Override
  public void endpointReplaced(SocketEndpoint which, SocketEndpoint successor) {
    if (!which.includes(endpoint)) {
      return;
    }
    SocketEndpoint own = successor.ofNewConnection();
    boolean handsOn = which.equals(endpoint) && own.equals(successor);
    endpoint = own;
    if (handsOn) {
      return;
    }
    if (waiting || !backlog.isEmpty()) {
      backlog.addFirst(new Step.Open()); // before what the old one had no room for
    } else {
      take(new Step.Open());
    }
  }

  private void closeForGood() {
    if (!told) {
      told = true;
      stats.refused(Refusal.ENDPOINT_CLOSED);
      session.close(CloseCode.TRY_AGAIN, "the service behind this path is gone; try again");
    }
  }
}
