package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Session;
import dev.runar.SocketHandler;
import dev.runar.internal.link.Exchanges.Exchange;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.node.SocketRefusal;
import dev.runar.internal.sdk.SdkHttp;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One raw WebSocket path whose handlers are on the JavaScript side. Any thread; never blocks.
 *
 * @param handler the number of the handler of sessions
 * @param accept that of who says who may connect; 0: everybody may
 */
record LinkSockets(Peer peer, LinkSessions sessions, int handler, int accept)
    implements SocketEndpoint {

  @Override
  public boolean asks() {
    return accept != 0;
  }

  @Override
  public CompletableFuture<Optional<Payload>> accept(SocketHandler.Request request) {
    var word = new CompletableFuture<Optional<Payload>>();
    var exchange = new Acceptance(peer, request.path(), word);
    Payload head = SdkHttp.socket(request);
    switch (peer.ask(exchange, id -> Frame.at(FrameKind.ACCEPT, accept, id, head))) {
      case QUEUED -> {}
      case FULL -> word.completeExceptionally(LinkSessions.tooMuch());
      case CLOSED ->
          word.completeExceptionally(
              new RunarException(Code.CONTEXT_GONE, "the script context is gone"));
    }
    return word;
  }

  @Override
  public Delivery open(Session session) {
    int number = sessions.add(session);
    var head = new LinkedHashMap<String, @Nullable Object>();
    head.put("session", number);
    head.put("id", session.id());
    head.put("path", session.path());
    head.put("query", session.query());
    head.put("remoteAddress", session.remoteAddress());
    session.identity().ifPresent(identity -> head.put("identity", LinkCall.identity(identity)));
    Delivery delivery = peer.offer(Frame.at(FrameKind.OPEN, handler, 0, Payload.of(head)));
    if (delivery != Delivery.QUEUED) {
      sessions.remove(session); // it comes again, as another
    }
    return delivery;
  }

  @Override
  public Delivery message(Session session, Payload message) {
    Frame frame = Frame.at(FrameKind.MESSAGE, sessions.numberOf(session), 0, null);
    return peer.offer(frame.withPayload(message));
  }

  @Override
  public Delivery close(Session session, int code, String reason) {
    Payload head = Payload.object("code", code, "reason", reason);
    Delivery delivery = peer.offer(Frame.at(FrameKind.CLOSED, sessions.numberOf(session), 0, head));
    if (delivery == Delivery.QUEUED) {
      sessions.remove(session);
    }
    return delivery;
  }

  @Override
  public void whenWritable(int bytes, Runnable callback) {
    peer.whenWritable(bytes, callback);
  }

  /** What the other side says of a client that wants to connect. */
  private record Acceptance(Peer peer, String path, CompletableFuture<Optional<Payload>> word)
      implements Exchange {
    @Override
    public void succeeded(Frame answer) {
      word.complete(Optional.ofNullable(answer.payload()));
    }

    @Override
    public void failed(Frame answer) {
      RunarException failure = Peer.failureOf(answer);
      if (!SocketRefusal.of(failure).isSaid()) {
        peer.report(failure, "socket " + path + " accept");
      }
      word.completeExceptionally(failure);
    }

    @Override
    public void gone(RunarException reason) {
      word.completeExceptionally(reason);
    }
  }
}
