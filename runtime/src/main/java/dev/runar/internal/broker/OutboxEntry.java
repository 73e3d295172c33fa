package dev.runar.internal.broker;

import org.jspecify.annotations.Nullable;

/** One place in the queue of an {@link Outbox}. Lane's thread only. */
final class OutboxEntry {
  /** About what one costs beside its bytes. */
  static final int OVERHEAD = 64;

  /** What waits of one channel that may drop. */
  static final class Line {
    final Channel channel;

    /** Its places in the queue. */
    int entries;

    /** Stands where the first of the dropped ones was. */
    @Nullable OutboxEntry gap;

    /** The only one that waits, of a channel that keeps the latest. */
    @Nullable OutboxEntry latest;

    /** Some of it are bytes, which may come under the channel's number. */
    boolean isOfBytes;

    /** A client that knows channels by their numbers was told this one. */
    boolean named;

    Line(Channel channel) {
      this.channel = channel;
    }
  }

  enum State {
    /** It may not be dropped. */
    FIXED,
    DROPPABLE,
    /** It stands for those that were dropped. */
    GAP,
    /** Another stands for it, or nothing has to. */
    DEAD
  }

  final int size;
  final @Nullable Line line;
  State state;
  @Nullable WireMessage message;
  @Nullable Burst burst;
  long from;
  long to;

  OutboxEntry(int bytes, @Nullable Line line, State state) {
    this.size = OVERHEAD + bytes;
    this.line = line;
    this.state = state;
  }

  static OutboxEntry of(WireMessage message, @Nullable Line line, State state) {
    var entry = new OutboxEntry(message.bytes().length, line, state);
    entry.message = message;
    return entry;
  }
}
