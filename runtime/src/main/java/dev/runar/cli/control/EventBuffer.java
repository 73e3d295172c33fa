package dev.runar.cli.control;

import dev.runar.Event;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way to one terminal, bounded by count and bytes. Any thread offers, one takes.
 *
 * <p>When it is full the newest event is left out and counted, and the reader finds the count as a
 * {@link Gap} at the place where the events are missing: a slow terminal neither holds up the node
 * nor hides what it did not show.
 */
final class EventBuffer {
  static final int MAX_EVENTS = 1_024;
  static final long MAX_BYTES = 4L << 20;

  /** What the reader finds. */
  sealed interface Entry {}

  record Shown(Event event, int bytes) implements Entry {}

  record Gap(long events) implements Entry {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private long missing;
  private boolean closed;

  /** Adds the event or counts it as missing. */
  synchronized void offer(Event event) {
    int size = event.payload().size();
    if (entries.size() >= MAX_EVENTS || bytes + size > MAX_BYTES) {
      missing++;
      notifyAll();
      return;
    }
    if (missing > 0) {
      entries.add(new Gap(missing));
      missing = 0;
    }
    entries.add(new Shown(event, size));
    bytes += size;
    notifyAll();
  }

  /** The next entry; null once closed. Blocks. */
  synchronized @Nullable Entry take() throws InterruptedException {
    while (!closed && entries.isEmpty() && missing == 0) {
      wait();
    }
    if (closed) {
      return null;
    }
    Entry next = entries.poll();
    if (next instanceof Shown shown) {
      bytes -= shown.bytes();
    }
    if (next == null) {
      next = new Gap(missing);
      missing = 0;
    }
    return next;
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
