package dev.runar.internal.broker;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a client that is behind, when some of it may be dropped ({@link
 * dev.runar.channels.SlowPolicy}). Lane's thread only.
 *
 * <p>A session has one from the moment at which half of its budget waits in the connection until
 * the client has caught up; meanwhile everything for it comes through here, so that all that it
 * gets is in order. The other half of the budget is for what waits here. The oldest publications
 * that may be dropped make room for newer ones, and a mark stays in the place of the first of them
 * until the client can be told. What may not be dropped counts against the budget as ever: a client
 * that has no room for it is disconnected.
 */
final class Outbox {
  /** Messages that are put together are written once they have so many bytes. */
  private static final int CHUNK = 32 << 10;

  /** About what one costs beside its bytes. */
  private static final int OVERHEAD = 64;

  /** Dropped ones that may be in the queue before it is cleaned. */
  private static final int MOST_DEAD = 64;

  /** What waits of one channel that may drop. */
  private static final class Line {
    final Channel channel;

    /** Its entries in the queue. */
    int entries;

    /** Stands where the first of the dropped ones was. */
    @Nullable Entry gap;

    /** The only one that waits, of a channel that keeps the latest. */
    @Nullable Entry latest;

    /** A client that knows channels by their numbers was told this one. */
    boolean named;

    Line(Channel channel) {
      this.channel = channel;
    }
  }

  private enum State {
    /** It may not be dropped. */
    FIXED,
    DROPPABLE,
    /** It stands for those that were dropped. */
    GAP,
    /** Another stands for it. */
    DEAD
  }

  /** One place in the queue. */
  private static final class Entry {
    final int size;
    final @Nullable Line line;
    State state;
    @Nullable WireMessage message;
    @Nullable Burst burst;
    long from;
    long to;

    Entry(int bytes, @Nullable Line line, State state) {
      this.size = OVERHEAD + bytes;
      this.line = line;
      this.state = state;
    }

    static Entry of(WireMessage message, @Nullable Line line, State state) {
      var entry = new Entry(message.bytes().length, line, state);
      entry.message = message;
      return entry;
    }
  }

  private final ClientSession session;
  private final Connection connection;
  private final int budget;
  private final BrokerStats stats;

  /** In the order in which the client gets it. */
  private final ArrayDeque<Entry> queue = new ArrayDeque<>();

  private int dead;
  private int gaps;

  /** Those that make room, the oldest first; when there are none, the latest of their channels. */
  private final ArrayDeque<Entry> droppable = new ArrayDeque<>();

  private final LinkedHashSet<Entry> latest = new LinkedHashSet<>();
  private final Map<Channel, Line> lines = new HashMap<>();
  private long fixedBytes;
  private long droppableBytes;
  private boolean writing;
  private boolean closed;

  Outbox(ClientSession session, Connection connection, int budget, BrokerStats stats) {
    this.session = session;
    this.connection = connection;
    this.budget = budget;
    this.stats = stats;
    connection.whenDrained(this::goOn);
  }

  /**
   * Takes a burst.
   *
   * @param recent what it is made of; null: nothing of it may be dropped
   */
  void take(Burst burst, @Nullable Recent recent) {
    if (recent == null) {
      burst.retain();
      var entry = new Entry(burst.bytes(), null, State.FIXED);
      entry.burst = burst;
      add(entry);
    } else {
      for (Publication publication : recent.publications()) {
        if (publication.isFor(session.dialect())) {
          take(publication, recent);
        }
      }
    }
    keepBound();
  }

  /** Takes a message of this client alone; false while it is the outbox itself that writes. */
  boolean take(WireMessage message) {
    if (writing) {
      return false;
    }
    add(Entry.of(message, null, State.FIXED));
    keepBound();
    return true;
  }

  private void take(Publication publication, Recent recent) {
    Line line = lines.computeIfAbsent(recent.channel(), Line::new);
    WireMessage message = publication.encoded(session.dialect());
    if (publication.isAnnouncement()) {
      add(Entry.of(message, line, State.FIXED));
      return;
    }
    Entry entry = Entry.of(message, line, State.DROPPABLE);
    entry.from = publication.offset();
    entry.to = publication.offset();
    add(entry);
    if (!recent.isLatestOnly()) {
      droppable.add(entry);
      return;
    }
    if (line.latest != null) {
      latest.remove(line.latest);
      drop(line.latest, line);
    }
    line.latest = entry;
    latest.add(entry);
  }

  private void add(Entry entry) {
    queue.add(entry);
    if (entry.line != null) {
      entry.line.entries++;
    }
    if (entry.state == State.FIXED) {
      fixedBytes += entry.size;
    } else {
      droppableBytes += entry.size;
    }
  }

  private void keepBound() {
    boolean couldDrop = true;
    while (couldDrop && waiting() + droppableBytes > budget) {
      couldDrop = dropOldest();
    }
    if (dead > MOST_DEAD && dead > queue.size() / 2) {
      queue.removeIf(entry -> entry.state == State.DEAD);
      dead = 0;
    }
    boolean isOver = fixedBytes > 0 && waiting() > budget;
    if (isOver || (long) gaps * OVERHEAD > budget / 2) {
      session.disconnectSlow();
    }
  }

  private long waiting() {
    return connection.pendingBytes() + fixedBytes;
  }

  private boolean dropOldest() {
    Entry oldest = droppable.poll();
    if (oldest == null && !latest.isEmpty()) {
      Iterator<Entry> all = latest.iterator();
      oldest = all.next();
      all.remove();
    }
    if (oldest == null) {
      return false;
    }
    drop(oldest, Objects.requireNonNull(oldest.line));
    return true;
  }

  /** Of its channel only the mark can be in front of it, since the oldest goes first. */
  private void drop(Entry entry, Line line) {
    stats.droppedForSlow.increment();
    droppableBytes -= entry.size;
    entry.message = null;
    if (line.latest == entry) {
      line.latest = null;
    }
    if (line.gap == null) {
      line.gap = entry;
      entry.state = State.GAP;
      gaps++;
    } else {
      line.gap.to = entry.to;
      entry.state = State.DEAD;
      dead++;
      leave(line);
    }
  }

  private void leave(Line line) {
    if (--line.entries == 0) {
      lines.remove(line.channel);
    }
  }

  /** The client has taken what was written to it: now more of what waits is. */
  private void goOn() {
    if (closed) {
      return;
    }
    writing = true;
    write(budget / 2);
    writing = false;
    if (queue.isEmpty()) {
      session.output().caughtUp();
    } else {
      connection.whenDrained(this::goOn);
    }
  }

  private void write(int bound) {
    Burst chunk = null;
    while (!queue.isEmpty() && hasRoom(bound)) {
      Entry next = queue.remove();
      if (next.state == State.DEAD) {
        dead--;
        continue;
      }
      WireMessage message = next.message;
      if (message != null) {
        chunk = chunk == null ? session.lane().newBurst() : chunk;
        name(next, message, chunk);
        chunk.append(message);
      }
      if (chunk != null && (message == null || chunk.bytes() >= CHUNK)) {
        write(chunk);
        chunk = null;
      }
      done(next);
    }
    if (chunk != null) {
      write(chunk);
    }
    connection.flush();
  }

  private boolean hasRoom(int bound) {
    if (connection.pendingBytes() < bound) {
      return true;
    }
    connection.flush();
    return connection.pendingBytes() < bound;
  }

  private void name(Entry entry, WireMessage message, Burst chunk) {
    Line line = entry.line;
    if (line != null && !line.named && message.isBinary() && session.dialect().isNumbered()) {
      line.named = true;
      Channel channel = line.channel;
      WireMessage name = session.dialect().name(channel.topic(), channel.number());
      chunk.append(Objects.requireNonNull(name));
    }
  }

  private void write(Burst chunk) {
    connection.write(chunk);
    session.lane().count(chunk, 1);
    chunk.release();
  }

  /** It has left the queue, and its message has been written, if it is one. */
  private void done(Entry entry) {
    Line line = entry.line;
    switch (entry.state) {
      case FIXED -> {
        fixedBytes -= entry.size;
        if (entry.burst != null) {
          write(entry.burst);
        }
      }
      case DROPPABLE -> {
        droppableBytes -= entry.size;
        if (line != null && line.latest == entry) {
          line.latest = null;
          latest.remove(entry);
        } else {
          droppable.remove(); // it was the oldest
        }
      }
      case GAP -> {
        gaps--;
        if (line != null) {
          line.gap = null;
          session.gap(line.channel.topic(), entry.from, entry.to);
        }
      }
      case DEAD -> {}
    }
    if (line != null) {
      leave(line);
    }
  }

  /**
   * The session ends: what may not be dropped is written in front of its end, and the rest
   * forgotten.
   */
  void close() {
    closed = true;
    for (Entry entry : queue) {
      if (entry.state == State.FIXED && entry.message != null) {
        Burst one = session.lane().newBurst();
        one.append(entry.message);
        write(one);
      } else if (entry.burst != null) {
        write(entry.burst);
      }
    }
    queue.clear();
  }
}
