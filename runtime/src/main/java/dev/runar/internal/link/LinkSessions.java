package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Session;
import dev.runar.internal.node.SessionDirectory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The clients of raw sockets that the JavaScript side knows, by their numbers there. As many as are
 * connected. Any thread.
 */
final class LinkSessions {
  private final Peer peer;
  private final SessionDirectory directory;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, Session> byNumber = new ConcurrentHashMap<>();
  private final Map<String, Integer> numberOf = new ConcurrentHashMap<>();

  LinkSessions(Peer peer, SessionDirectory directory) {
    this.peer = peer;
    this.directory = directory;
  }

  int add(Session session) {
    int number = numbers.incrementAndGet();
    byNumber.put(number, session);
    numberOf.put(session.id(), number);
    return number;
  }

  /** 0: the other side does not know it. */
  int numberOf(Session session) {
    Integer number = numberOf.get(session.id());
    return number == null ? 0 : number;
  }

  void remove(Session session) {
    Integer number = numberOf.remove(session.id());
    if (number != null) {
      byNumber.remove(number);
    }
  }

  /** A session that has ended meanwhile takes nothing: {@code CLOSED} is on its way. */
  void send(Frame frame) {
    Session session = byNumber.get(frame.target());
    if (session != null && session.send(frame.payloadOrNull()) == Delivery.FULL) {
      var _ = peer.outbox().postReserved(Frame.at(FrameKind.WRITABLE, frame.target(), 0, null));
    }
  }

  void close(Frame frame) {
    Session session = byNumber.get(frame.target());
    if (session != null) {
      Head head = frame.heads();
      session.close((int) head.number("code"), head.text("reason"));
    }
  }

  void join(Frame frame) {
    Session session = byNumber.get(frame.target());
    if (session != null) {
      directory.join(session.id(), frame.heads().needed("group"));
    }
  }

  void leave(Frame frame) {
    Session session = byNumber.get(frame.target());
    if (session != null) {
      directory.leave(session.id(), frame.heads().needed("group"));
    }
  }

  void sendToGroup(Frame frame) {
    int count = directory.sendToGroup(frame.heads().needed("group"), frame.payloadOrNull());
    if (frame.id() != 0) {
      peer.answer(Frame.headed(FrameKind.RESULT, frame.id(), Payload.object("count", count)));
    }
  }

  /** Nobody handles them any more: each is told by being closed. */
  void end() {
    Aside.each(byNumber.values(), LinkSessions::end);
    byNumber.clear();
    numberOf.clear();
  }

  private static void end(Session session) {
    session.close(1013, "the service is gone, try again later");
  }

  /** What a client that may not connect yet is told. */
  static RunarException tooMuch() {
    return new RunarException(Code.OVERLOADED, "the script has too much to do");
  }
}
