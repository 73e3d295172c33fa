package dev.runar.internal.http.pusher;

import java.util.Map;
import java.util.TreeMap;

/**
 * The signatures that have come, for as long as their time would let them come again. Any thread.
 *
 * <p>They are kept by the time that was signed. When there are too many, those of the earliest time
 * are forgotten, and from then on nothing of that time or an earlier one is taken: what is
 * forgotten cannot be repeated.
 */
final class SeenSignatures {
  /** Whether one may pass. */
  enum Answer {
    NEW,
    REPEATED,
    /** Of a time whose signatures are forgotten. */
    FORGOTTEN
  }

  private static final int SECONDS_OF_ONE = 10;

  private final int bound;

  // Under this lock.
  private final TreeMap<Long, LongSet> byTime = new TreeMap<>();
  private long forgotten = Long.MIN_VALUE;
  private int size;

  SeenSignatures(int bound) {
    this.bound = bound;
  }

  /**
   * Takes one that is right.
   *
   * @param signature 64 hexadecimal digits, of which nobody can choose any
   * @param time the seconds that were signed
   * @param earliest the earliest time that is taken now
   */
  synchronized Answer take(String signature, long time, long earliest) {
    Map<Long, LongSet> over = byTime.headMap(Math.floorDiv(earliest, SECONDS_OF_ONE), false);
    size -= over.values().stream().mapToInt(LongSet::size).sum();
    over.clear();
    long slot = Math.floorDiv(time, SECONDS_OF_ONE);
    if (slot <= forgotten) {
      return Answer.FORGOTTEN;
    }
    long digits = Long.parseUnsignedLong(signature, 0, 16, 16);
    if (!byTime.computeIfAbsent(slot, first -> new LongSet()).add(digits)) {
      return Answer.REPEATED;
    }
    if (++size > bound && byTime.size() > 1) {
      Map.Entry<Long, LongSet> first = byTime.pollFirstEntry();
      size -= first.getValue().size();
      forgotten = first.getKey();
    }
    return Answer.NEW;
  }

  synchronized int size() {
    return size;
  }
}
