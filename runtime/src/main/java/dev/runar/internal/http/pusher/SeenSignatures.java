package dev.runar.internal.http.pusher;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The signatures that have come, for as long as their time would let them come again: a memory for
 * each app, and one bound for all of them. Any thread.
 *
 * <p>When there are too many, the app that holds most forgets those of its earliest second, and so
 * on until a sixteenth is free. From then on nothing of that time or an earlier one is taken for
 * that app: what is forgotten cannot be repeated, and an app that publishes too much for the memory
 * shortens its own time only.
 */
final class SeenSignatures {
  /** Whether one may pass. */
  enum Answer {
    NEW,
    REPEATED,
    /** Of a time whose signatures are forgotten. */
    FORGOTTEN
  }

  private final int bound;

  // Under this lock.
  /** Those that have signatures, or have forgotten some that could still come. */
  private final Map<String, AppSignatures> apps = new HashMap<>();

  private int size;
  private long forgotten;

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
  synchronized Answer take(String appId, String signature, long time, long earliest) {
    AppSignatures app = apps.computeIfAbsent(appId, first -> new AppSignatures());
    size -= app.expire(earliest);
    Answer answer = app.take(signature, time);
    if (answer == Answer.NEW && ++size > bound) {
      makeRoom(earliest);
    }
    return answer;
  }

  private void makeRoom(long earliest) {
    apps.values().forEach(app -> size -= app.expire(earliest));
    apps.values().removeIf(app -> app.isOver(earliest));
    if (size <= bound) {
      return;
    }
    var largest = new PriorityQueue<>(Comparator.comparingInt(AppSignatures::size).reversed());
    largest.addAll(apps.values());
    while (size > bound - bound / 16) {
      AppSignatures app = largest.remove();
      int dropped = app.forgetEarliest();
      size -= dropped;
      forgotten += dropped;
      largest.add(app);
    }
  }

  synchronized int size() {
    return size;
  }

  /** How many had to go before their time was over. */
  synchronized long forgotten() {
    return forgotten;
  }
}
