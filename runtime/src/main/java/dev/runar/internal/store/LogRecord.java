package dev.runar.internal.store;

import java.util.List;

/** One operation of a log. Immutable, but for the bodies; any thread. */
sealed interface LogRecord {

  /** A body came into queues; its id is the sequence number of the record. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Append(List<String> queues, byte[] body) implements LogRecord {}

  /** Entries left a queue. */
  record Remove(String queue, List<Long> ids) implements LogRecord {}

  /** An entry was copied so that its old segment can go; with the queues that still have it. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Moved(long id, List<String> queues, byte[] body) implements LogRecord {}

  /** An entry could not be copied, since its body is damaged. */
  record Unreadable(long id, List<String> queues, String place) implements LogRecord {}

  /** Segments that hold nothing but sequence numbers below {@code begins} are given up. */
  record Dropped(long begins) implements LogRecord {}

  /** Numbers that a crash tore off unacknowledged: nobody needs to be told of them again. */
  record Torn(long first, long last) implements LogRecord {}

  /** The log was closed. */
  record Closed() implements LogRecord {}

  /** Bytes that are not part of the head. */
  default byte[] payload() {
    return switch (this) {
      case Append append -> append.body();
      case Moved moved -> moved.body();
      case Remove _, Unreadable _, Dropped _, Torn _, Closed _ -> new byte[0];
    };
  }
}
