package dev.runar.internal.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The queues that a thread has filled beyond their high mark, three quarters of a bound, by what it
 * was doing last. Whoever made it do that is not listened to until they have emptied to their low
 * mark, a half, so that what is accepted is not refused afterwards. Only {@link Feeder}s note it,
 * each its own.
 */
public final class Pressure {
  /** More queues than these are not waited for by one who fills them. */
  private static final int MOST = 16;

  /** A thread that can stop listening to those who make it fill queues. */
  public interface Feeder {
    /** What it has filled. Called by the thread itself. */
    Pressure pressure();
  }

  private final List<CallbackQueue> noted = new ArrayList<>(0);

  /** The calling thread has filled a queue beyond its high mark, or found it full. Any thread. */
  static void note(CallbackQueue queue) {
    if (Thread.currentThread() instanceof Feeder feeder) {
      List<CallbackQueue> noted = feeder.pressure().noted;
      if (noted.size() < MOST && !noted.contains(queue)) {
        noted.add(queue);
      }
    }
  }

  /** Begins to note anew on the calling thread. Any thread. */
  public static void forget() {
    if (Thread.currentThread() instanceof Feeder feeder) {
      feeder.pressure().noted.clear();
    }
  }

  /** Whether the calling thread has filled any since it began to note. Any thread. */
  public static boolean isNoted() {
    return Thread.currentThread() instanceof Feeder feeder && !feeder.pressure().noted.isEmpty();
  }

  /**
   * Begins to note anew, and runs the callback once, when all that were noted have emptied or
   * closed: at once, or on any other thread; it must be short.
   */
  public static void whenOver(Runnable callback) {
    if (!(Thread.currentThread() instanceof Feeder feeder)) {
      callback.run();
      return;
    }
    List<CallbackQueue> noted = List.copyOf(feeder.pressure().noted);
    feeder.pressure().noted.clear();
    var remaining = new AtomicInteger(noted.size() + 1);
    Runnable one =
        () -> {
          if (remaining.decrementAndGet() == 0) {
            callback.run();
          }
        };
    noted.forEach(queue -> queue.whenWritable(0, one));
    one.run();
  }
}
