package dev.runar.internal.broker;

import dev.runar.internal.protocol.CloseCode;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
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

  /** Dropped ones that may be in the queue before it is cleaned. */
  private static final int MOST_DEAD = 64;

  private final ClientSession session;
  private final Connection connection;
  private final int budget;
  private final BrokerStats stats;

  /** In the order in which the client gets it. */
  private final ArrayDeque<OutboxEntry> queue = new ArrayDeque<>();

  private int dead;
  private int gaps;

  /** Those that make room, the oldest first; when there are none, the latest of their channels. */
  private final ArrayDeque<OutboxEntry> droppable = new ArrayDeque<>();

  private final LinkedHashSet<OutboxEntry> latest = new LinkedHashSet<>();
  private final Map<Channel, OutboxEntry.Line> lines = new HashMap<>();
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
    session.memberships().whenLeft(this::forgetLeft);
  }

  /**
   * Takes a burst.
   *
   * @param recent what it is made of; null: nothing of it may be dropped
   */
  void take(Burst burst, @Nullable Recent recent) {
    if (recent == null) {
      burst.retain();
      var entry = new OutboxEntry(burst.bytes(), null, OutboxEntry.State.FIXED);
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
    add(OutboxEntry.of(message, null, OutboxEntry.State.FIXED));
    keepBound();
    return true;
  }

  private void take(Publication publication, Recent recent) {
    OutboxEntry.Line line = lines.computeIfAbsent(recent.channel(), OutboxEntry.Line::new);
    WireMessage message = publication.encoded(session.dialect());
    line.isOfBytes |= message.isBinary();
    if (publication.isAnnouncement()) {
      add(OutboxEntry.of(message, line, OutboxEntry.State.FIXED));
      return;
    }
    OutboxEntry entry = OutboxEntry.of(message, line, OutboxEntry.State.DROPPABLE);
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

  private void add(OutboxEntry entry) {
    queue.add(entry);
    if (entry.line != null) {
      entry.line.entries++;
    }
    if (entry.state == OutboxEntry.State.FIXED) {
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
      queue.removeIf(entry -> entry.state == OutboxEntry.State.DEAD);
      dead = 0;
    }
    boolean isOver = fixedBytes > 0 && waiting() > budget;
    if (isOver || (long) gaps * OutboxEntry.OVERHEAD > budget / 2) {
      session.disconnectSlow();
    }
  }

  private long waiting() {
    return connection.pendingBytes() + fixedBytes;
  }

  private boolean dropOldest() {
    OutboxEntry oldest = droppable.poll();
    if (oldest == null && !latest.isEmpty()) {
      Iterator<OutboxEntry> all = latest.iterator();
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
  private void drop(OutboxEntry entry, OutboxEntry.Line line) {
    stats.droppedForSlow.increment();
    droppableBytes -= entry.size;
    entry.message = null;
    if (line.latest == entry) {
      line.latest = null;
    }
    if (line.gap == null) {
      line.gap = entry;
      entry.state = OutboxEntry.State.GAP;
      gaps++;
    } else {
      line.gap.to = entry.to;
      entry.state = OutboxEntry.State.DEAD;
      dead++;
      leave(line);
    }
  }

  private void leave(OutboxEntry.Line line) {
    if (--line.entries == 0) {
      lines.remove(line.channel, line);
    }
  }

  /** The client has left a channel: what waits of it is not for its next subscription either. */
  private void forgetLeft() {
    for (OutboxEntry.Line line : List.copyOf(lines.values())) {
      if (!session.memberships().mayConcern(line.channel)) {
        forget(line);
      }
    }
  }

  private void forget(OutboxEntry.Line line) {
    for (OutboxEntry entry : queue) {
      if (entry.line == line && entry.state != OutboxEntry.State.DEAD) {
        forget(entry);
        leave(line);
      }
    }
    droppable.removeIf(entry -> entry.line == line);
    latest.removeIf(entry -> entry.line == line);
    line.gap = null;
    line.latest = null;
  }

  private void forget(OutboxEntry entry) {
    switch (entry.state) {
      case FIXED -> fixedBytes -= entry.size;
      case DROPPABLE -> droppableBytes -= entry.size;
      case GAP -> gaps--;
      case DEAD -> {}
    }
    entry.message = null;
    entry.state = OutboxEntry.State.DEAD;
    dead++;
  }

  /** The client has taken what was written to it: now more of what waits is. */
  private void goOn() {
    if (closed) {
      return;
    }
    writing = true;
    boolean isWhole = false;
    try {
      write(budget / 2);
      isWhole = true;
    } finally {
      writing = false;
      if (!isWhole) { // a fault of ours: what comes next would not be what comes next
        session.close(CloseCode.INTERNAL, "internal error");
      }
    }
    if (queue.isEmpty()) {
      session.memberships().whenLeft(null);
      session.output().caughtUp();
    } else {
      connection.whenDrained(this::goOn);
    }
  }

  private void write(int bound) {
    Burst chunk = null;
    while (!queue.isEmpty() && hasRoom(bound)) {
      OutboxEntry next = queue.remove();
      if (next.state == OutboxEntry.State.DEAD) {
        dead--;
        continue;
      }
      WireMessage message = next.message;
      if (message != null) {
        chunk = chunk == null ? session.lane().newBurst() : chunk;
        WireMessage name = message.isBinary() ? name(next.line) : null;
        if (name != null) {
          chunk.append(name);
        }
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

  /** What tells the number of a channel; null: the client knows it, or goes by the topic. */
  private @Nullable WireMessage name(OutboxEntry.@Nullable Line line) {
    if (line == null || line.named || !line.isOfBytes || !session.dialect().isNumbered()) {
      return null;
    }
    line.named = true;
    return session.dialect().name(line.channel.topic(), line.channel.number());
  }

  private void write(Burst chunk) {
    try {
      connection.write(chunk);
      session.lane().count(chunk, 1);
    } finally {
      chunk.release();
    }
  }

  /** It has left the queue, and its message has been written, if it is one. */
  private void done(OutboxEntry entry) {
    OutboxEntry.Line line = entry.line;
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
          tellName(line);
        }
      }
      case DEAD -> {}
    }
    if (line != null) {
      leave(line);
    }
  }

  /** The first packet, which the name would have come with, is among those that are missing. */
  private void tellName(OutboxEntry.Line line) {
    WireMessage name = name(line);
    if (name != null) {
      session.reply(name);
    }
  }

  /**
   * The session ends: what may not be dropped is written in front of its end, and the rest
   * forgotten.
   */
  void close() {
    closed = true;
    session.memberships().whenLeft(null);
    for (OutboxEntry entry : queue) {
      if (entry.state == OutboxEntry.State.FIXED && entry.message != null) {
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
