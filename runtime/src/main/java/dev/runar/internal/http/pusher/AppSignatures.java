package dev.runar.internal.http.pusher;

import dev.runar.internal.http.pusher.SeenSignatures.Answer;
import java.util.Map;
import java.util.TreeMap;

/** The signatures that have come for one app, by the second that was signed. Under a lock. */
final class AppSignatures {
  private final TreeMap<Long, LongSet> bySecond = new TreeMap<>();
  private long forgotten = Long.MIN_VALUE;
  private int size;

  /** Takes one that is right; see {@link SeenSignatures#take}. */
  Answer take(String signature, long time) {
    if (time <= forgotten) {
      return Answer.FORGOTTEN;
    }
    long digits = Long.parseUnsignedLong(signature, 0, 16, 16);
    if (!bySecond.computeIfAbsent(time, first -> new LongSet()).add(digits)) {
      return Answer.REPEATED;
    }
    size++;
    return Answer.NEW;
  }

  /**
   * Drops those whose time is over: they would be refused for it.
   *
   * @return how many
   */
  int expire(long earliest) {
    Map<Long, LongSet> over = bySecond.headMap(earliest, false);
    int dropped = over.values().stream().mapToInt(LongSet::size).sum();
    over.clear();
    size -= dropped;
    return dropped;
  }

  /**
   * Forgets those of the earliest second; nothing of that second or before is taken any more.
   *
   * @return how many
   */
  int forgetEarliest() {
    Map.Entry<Long, LongSet> first = bySecond.pollFirstEntry();
    if (first == null) {
      return 0;
    }
    forgotten = first.getKey();
    int dropped = first.getValue().size();
    size -= dropped;
    return dropped;
  }

  /** Whether it makes no difference any more that there was something. */
  boolean isOver(long earliest) {
    return size == 0 && forgotten < earliest;
  }

  int size() {
    return size;
  }
}
