package dev.runar.internal.node;

import java.util.concurrent.atomic.LongAdder;

/**
 * One subscription as it is listed: its names and its counts. It outlives the handler, so that the
 * counts go on when a script is loaded anew or comes back; it holds nothing of the handler. Any
 * thread.
 */
final class Subscriber {
  /**
   * What it is known by.
   *
   * @param owner whose handler it is, such as {@code service math}
   * @param pattern as it was subscribed to, in full
   * @param position of several with the same owner and pattern: which, from 1
   */
  record Key(String owner, String pattern, int position) {
    /** As a reader is shown it. */
    String text() {
      String where = owner.isEmpty() ? "the program" : owner;
      return pattern + " of " + where + (position == 1 ? "" : " (" + position + ")");
    }
  }

  final Key key;

  /** May be another one when it comes back; empty: none. */
  volatile String group = "";

  final LongAdder queued = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder handled = new LongAdder();
  final LongAdder failed = new LongAdder();

  /** Of the failed ones, those that an overflow policy has given up. */
  final LongAdder dropped = new LongAdder();

  /** Failed attempts that were tried again. */
  final LongAdder retried = new LongAdder();

  /** Results that came after their attempt had timed out. */
  final LongAdder late = new LongAdder();

  volatile boolean active = true;

  Subscriber(Key key) {
    this.key = key;
  }

  /** Queued and neither handled nor failed; those that are to be tried again, too. */
  long waiting() {
    // What ends is read before what begins, so that it is never negative.
    long ended = handled.sum() + failed.sum();
    return queued.sum() - ended;
  }
}
