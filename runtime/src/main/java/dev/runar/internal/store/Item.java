package dev.runar.internal.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of a log that still waits. Guarded by the lock of its {@link LogIndex}. */
final class Item {
  final long id;

  /** That still have it. */
  final List<String> queues;

  Segment segment;
  long position;
  int length;

  /** Where its body was, when it cannot be read any more. */
  @Nullable String damagedAt;

  Item(long id, List<String> queues, Segment segment, long position, int length) {
    this.id = id;
    this.queues = new ArrayList<>(queues);
    this.segment = segment;
    this.position = position;
    this.length = length;
  }
}
