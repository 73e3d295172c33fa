package dev.runar.internal.broker;

import org.jspecify.annotations.Nullable;

/**
 * What is written to one client. Lane's thread only.
 *
 * <p>What waits for the client is bounded by its byte budget. A client that exceeds it is
 * disconnected, but for what may be dropped: see {@link Outbox}.
 */
final class Output {
  private final ClientSession session;
  private final Connection connection;
  private final BrokerStats stats;
  private final int budget;

  /** While the client is behind and some of what it gets may be dropped. */
  private @Nullable Outbox outbox;

  /** From the first publication on that the client gets through an offline queue. */
  private @Nullable Spills spills;

  private boolean isClosed;

  Output(ClientSession session, Connection connection, int budget, BrokerStats stats) {
    this.session = session;
    this.connection = connection;
    this.budget = budget;
    this.stats = stats;
  }

  /**
   * Writes a burst that others get too; 1 if it was written.
   *
   * @param recent what it is made of; null: nothing of it may be dropped
   */
  int write(Burst burst, @Nullable Recent recent) {
    if (isClosed) {
      return 0;
    }
    if (recent != null && recent.isSpilled()) {
      return isSpilled(burst, recent) ? 0 : write(burst, null);
    }
    if (outbox == null && recent != null && !connection.hasRoom(burst.bytes(), budget / 2)) {
      outbox = new Outbox(session, connection, budget, stats);
    }
    if (outbox != null) {
      outbox.take(burst, recent);
      return 0;
    }
    if (isOverBudget(burst.bytes())) {
      return 0;
    }
    connection.write(burst);
    session.lane().written(session);
    return 1;
  }

  private boolean isSpilled(Burst burst, Recent recent) {
    Spills known = spills;
    boolean isOver = known != null && known.isOver(recent.channel().topic());
    if (!isOver && isReadFor(burst.bytes())) {
      return false;
    }
    if (known == null) {
      Inbox inbox = session.inbox();
      if (inbox == null || !inbox.isNamed()) {
        return false; // nobody whose it would be
      }
      known = new Spills(session, inbox);
      spills = known;
    }
    return known.take(recent);
  }

  /** Whether the client is told of what its lane missed when its messages have come so far. */
  boolean isTold(String topic, long from, long to) {
    if (spills == null || !spills.isOver(topic)) {
      return false;
    }
    spills.miss(topic, from, to);
    return true;
  }

  /** Writes one message, behind the publications that came before it. */
  void reply(WireMessage message) {
    session.lane().writeOutFor(session);
    say(message);
  }

  /** Writes one message; also in the middle of a publication's way to its subscribers. */
  void say(WireMessage message) {
    int length = message.bytes().length;
    boolean isKept = outbox != null && outbox.take(message);
    if (!isClosed && !isKept && !isOverBudget(length)) {
      connection.write(message);
      wrote(length);
    }
  }

  /** Answers a ping of the client, unless it does not read its answers. */
  void answerPing(Runnable pong, int length) {
    if (!isClosed && !isOverBudget(length)) {
      pong.run();
      session.lane().written(session);
    }
  }

  /** Writes what was counted against the budget before. */
  void deliver(Outgoing message) {
    session.lane().writeOutFor(session);
    if (isClosed || (outbox != null && outbox.take(message.wire()))) {
      return;
    }
    connection.write(message.wire());
    wrote(message.size());
  }

  private void wrote(int bytes) {
    stats.messagesOut.increment();
    stats.bytesOut.add(bytes);
    session.lane().written(session);
  }

  /** If so nothing more is written: what is smaller would come behind a hole. */
  private boolean isOverBudget(int more) {
    if (connection.hasRoom(more, budget)) {
      return false;
    }
    isClosed = true;
    session.disconnectSlow();
    return true;
  }

  void caughtUp() {
    outbox = null;
  }

  /** The bytes that may still wait for it; none while it is behind. */
  long room() {
    return outbox == null ? budget - connection.pendingBytes() : 0;
  }

  /**
   * Whether the client could be told of this much now and not be disconnected for it. A burst, or a
   * message, larger than the budget passes when nothing else waits, and then there is no room.
   */
  boolean hasRoom(int bytes) {
    return !isClosed && outbox == null && connection.hasRoom(bytes, budget);
  }

  /** Whether the client reads so well that more can be written that need not be written now. */
  boolean isReadFor(int bytes) {
    return !isClosed && outbox == null && connection.hasRoom(bytes, budget / 2);
  }

  /** Comes when the client has taken what was written so far; never if it does not. */
  void whenRead(Runnable callback) {
    connection.whenDrained(callback);
  }

  /** What may not be dropped is written, then nothing more. */
  void close() {
    isClosed = true;
    if (spills != null) {
      spills.close();
    }
    if (outbox != null) {
      outbox.close();
      outbox = null;
    }
  }
}
