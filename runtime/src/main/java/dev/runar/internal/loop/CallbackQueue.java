package dev.runar.internal.loop;

import dev.runar.Delivery;
import dev.runar.RunarException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * How every other thread reaches an owner thread: many producers, one consumer, bounded by count
 * and by bytes. {@link #offer} is for any thread; what drains is for the owner thread only.
 *
 * <p>One atomic word holds the whole truth: a closed bit, a retired bit, the number of waiting
 * callbacks and their bytes. An offer reserves its place there by compare-and-set and then puts the
 * callback into the queue. Three promises follow from that:
 *
 * <ul>
 *   <li>The bound is exact: an offer is refused only if there is no room at that instant.
 *   <li>Nothing is lost at the end: the closed bit is in the same word, so an offer either reserves
 *       before the close, and is then waited for by {@link #abandonAll}, or sees the close.
 *   <li>No wake-up is lost: the consumer says that it sleeps and then looks at the word; a producer
 *       changes the word and then looks whether the consumer sleeps.
 * </ul>
 *
 * <p>Two more states serve the change from one consumer to another. While the queue {@link #hold
 * holds}, callbacks that {@link Callback#canWait can wait} keep their places in it and the others
 * are handed over. When it is {@link #retire retired}, it takes only reserved callbacks; since the
 * retired bit is in the word too, the consumer knows when it has seen all that came before.
 */
public final class CallbackQueue {
  private static final int CHUNK = 1_024;
  private static final long CLOSED = 1L << 63;
  private static final int COUNT_SHIFT = 40;
  private static final long BYTES_MASK = (1L << COUNT_SHIFT) - 1;
  private static final long RETIRED = 1L << 62;
  private static final long COUNT_MASK = (1L << 22) - 1;
  private static final long PLACES_MASK = RETIRED - 1;

  /** The largest count; the word has room for reserved callbacks beyond it. */
  public static final int MAX_COUNT = 2_000_000;

  private final int maxCount;
  private final long maxBytes;
  private final Runnable wakeUp;

  // Any thread.
  private final MpscUnboundedAtomicArrayQueue<Callback> queue =
      new MpscUnboundedAtomicArrayQueue<>(CHUNK);
  private final AtomicLong word = new AtomicLong();
  private final LongAdder full = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private volatile boolean asleep;
  private volatile boolean holding;

  /** Told once when all that came before {@link #retire} has been handed over. */
  private volatile @Nullable Runnable whenDrained;

  private final WaitingSenders senders = new WaitingSenders();

  // Owner thread writes, any thread reads.
  private volatile long taken;

  /** Owner thread: what was taken and not handed over yet. */
  private final ArrayDeque<Callback> batch = new ArrayDeque<>();

  /** Owner thread: what was held; each still has its place. */
  private final ArrayDeque<Callback> held = new ArrayDeque<>();

  /** Owner thread: the places of {@link #held}. */
  private long heldPlaces;

  /**
   * An open queue.
   *
   * @param maxCount callbacks that may wait; 0: every offer is refused
   * @param maxBytes payload bytes that may wait; one callback may be larger
   * @param wakeUp runs on a producer's thread when the sleeping consumer must look again
   */
  public CallbackQueue(int maxCount, long maxBytes, Runnable wakeUp) {
    if (maxCount < 0 || maxCount > MAX_COUNT) {
      throw new IllegalArgumentException("maxCount must be within 0 and " + MAX_COUNT);
    }
    if (maxBytes < 0 || maxBytes > BYTES_MASK / 2) {
      throw new IllegalArgumentException("maxBytes must be within 0 and " + BYTES_MASK / 2);
    }
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
    this.wakeUp = wakeUp;
  }

  /** Hands over one callback. Never blocks. */
  public Delivery offer(Callback callback) {
    long bytes = callback.size();
    for (; ; ) {
      long seen = word.get();
      if ((seen & (CLOSED | RETIRED)) != 0) {
        closed.increment();
        return Delivery.CLOSED;
      }
      if (!hasRoom(seen, bytes)) {
        full.increment();
        Pressure.note(this);
        return Delivery.FULL;
      }
      if (word.compareAndSet(seen, seen + (1L << COUNT_SHIFT) + bytes)) {
        if (count(seen) >= maxCount - maxCount / 4 || bytes(seen) > maxBytes - maxBytes / 4) {
          Pressure.note(this);
        }
        break;
      }
      Thread.onSpinWait();
    }
    enqueue(callback);
    return Delivery.QUEUED;
  }

  /**
   * Hands over a callback whose place was promised when the operation that it ends began: it is
   * taken whatever the bound says. The number of such operations is bounded by who begins them.
   *
   * @return {@code QUEUED} or {@code CLOSED}
   */
  public Delivery offerReserved(Callback callback) {
    long seen = word.get();
    while (seen >= 0) {
      if (word.compareAndSet(seen, seen + place(callback))) {
        enqueue(callback);
        return Delivery.QUEUED;
      }
      seen = word.get();
    }
    closed.increment();
    return Delivery.CLOSED;
  }

  /**
   * After {@code FULL}: runs the callback once, when at most half of the bound is in use and there
   * is room for so many bytes, or the queue has closed; at once if that is so already. It may run
   * on any thread and must be short.
   */
  public void whenWritable(long bytes, Runnable callback) {
    senders.add(bytes, callback);
    releaseSenders();
  }

  /**
   * Takes and hands over at most {@code limit} callbacks; returns how many. Places become free when
   * their callbacks are taken, those of a batch in one change of the word, since each is paid for
   * in contention with the producers. Once the queue is closed nothing is handed over any more:
   * what waits is for {@link #abandonAll}. Owner thread.
   */
  public int drain(int limit, Consumer<Callback> consumer) {
    boolean heldFirst = !holding && !held.isEmpty();
    if (!heldFirst && batch.isEmpty()) {
      takeBatch(limit);
    }
    int drained = 0;
    while (drained < limit && !isClosed()) {
      Callback callback = heldFirst ? pollHeld() : batch.poll();
      if (callback == null) {
        break;
      }
      drained++;
      consumer.accept(callback);
    }
    releaseSenders();
    tellWhenDrained();
    return drained;
  }

  /** Whether there is nothing to be handed over now. Owner thread. */
  boolean isIdle() {
    return (word.get() & PLACES_MASK) == (holding ? heldPlaces : 0);
  }

  /** From now on callbacks that can wait do so, in their places. Any thread. */
  public void hold() {
    holding = true;
  }

  /**
   * Ends {@link #hold}: hands over {@code first}, whatever the bound says, then what was held, then
   * what comes. Owner thread.
   *
   * @return how many were held
   */
  public int release(List<? extends Callback> first) {
    int waited = held.size();
    for (Callback callback : first.reversed()) {
      held.addFirst(callback);
      heldPlaces += place(callback);
      word.addAndGet(place(callback));
    }
    holding = false;
    return waited;
  }

  /**
   * Refuses every offer from now on with {@code CLOSED}, except reserved ones. Ends {@link #hold}.
   * Any thread.
   *
   * @param drained runs once, on the owner thread, when everything that was offered before has been
   *     handed over; never if the queue is closed before
   */
  public void retire(Runnable drained) {
    word.getAndUpdate(seen -> seen | RETIRED);
    holding = false;
    whenDrained = drained;
    if (asleep) {
      asleep = false;
      wakeUp.run();
    }
  }

  /** Ends {@link #retire}: offers are taken again. Any thread. */
  public void unretire() {
    whenDrained = null;
    word.getAndUpdate(seen -> seen & ~RETIRED);
  }

  private void tellWhenDrained() {
    Runnable waiting = whenDrained;
    if (waiting != null && (word.get() & PLACES_MASK) == 0 && batch.isEmpty()) {
      whenDrained = null;
      waiting.run();
    }
  }

  @SuppressWarnings({"NonAtomicVolatileUpdate", "NonAtomicOperationOnVolatileField"})
  private @Nullable Callback pollHeld() {
    Callback callback = held.poll();
    if (callback != null) {
      long place = place(callback);
      heldPlaces -= place;
      taken++; // only the owner thread writes
      word.addAndGet(-place);
    }
    return callback;
  }

  /**
   * Before the consumer goes to sleep. Owner thread.
   *
   * @return whether it may: false when there is work, or the queue is closed
   */
  public boolean trySleep() {
    asleep = true;
    tellWhenDrained();
    if (isClosed() || !isIdle()) {
      asleep = false;
      return false;
    }
    return true;
  }

  /** After the consumer woke. Owner thread. */
  public void awake() {
    asleep = false;
  }

  /** Refuses every offer from now on. Any thread; repeatable. What is waiting still waits. */
  public void close() {
    for (; ; ) {
      long seen = word.get();
      if (seen < 0 || word.compareAndSet(seen, seen | CLOSED)) {
        break;
      }
    }
    if (asleep) {
      asleep = false;
      wakeUp.run();
    }
    releaseSenders();
  }

  /** Closes, and tells every waiting callback why it will not run. Owner thread, or its heir. */
  public void abandonAll(RunarException reason) {
    close();
    holding = false;
    for (Callback callback = pollHeld(); callback != null; callback = pollHeld()) {
      callback.abandon(reason);
    }
    while (!batch.isEmpty() || count(word.get()) > 0) {
      if (batch.isEmpty()) {
        takeBatch(Integer.MAX_VALUE);
      }
      Callback callback = batch.poll();
      if (callback == null) {
        Thread.onSpinWait(); // a producer has reserved its place and is about to fill it
      } else {
        callback.abandon(reason);
      }
    }
  }

  /** How many callbacks wait. Any thread. */
  public int size() {
    return (int) count(word.get());
  }

  /** How many payload bytes wait. Any thread. */
  public long sizeBytes() {
    return bytes(word.get());
  }

  public boolean isClosed() {
    return word.get() < 0;
  }

  /** What has happened so far. Any thread; exact when nothing is under way. */
  public Counts counts() {
    long seen = word.get();
    return new Counts(taken + count(seen), taken, full.sum(), closed.sum());
  }

  /**
   * What has happened so far: offered = queued + full + closed.
   *
   * @param queued offers answered {@code QUEUED}
   * @param taken callbacks that were run or abandoned
   * @param full offers answered {@code FULL}
   * @param closed offers answered {@code CLOSED}
   */
  public record Counts(long queued, long taken, long full, long closed) {}

  /** After its place was reserved. */
  private void enqueue(Callback callback) {
    queue.offer(callback);
    if (asleep) {
      asleep = false;
      wakeUp.run();
    }
  }

  @SuppressWarnings({"NonAtomicVolatileUpdate", "NonAtomicOperationOnVolatileField"})
  private void takeBatch(int limit) {
    long places = 0;
    while (batch.size() < limit) {
      Callback callback = queue.relaxedPoll();
      if (callback == null) {
        break;
      }
      if (callback.canWait() && (holding || !held.isEmpty())) { // never past one that is held
        held.add(callback);
        heldPlaces += place(callback);
      } else {
        places += place(callback);
        batch.add(callback);
      }
    }
    if (!batch.isEmpty()) {
      taken += batch.size(); // only the owner thread writes
      word.addAndGet(-places);
    }
  }

  private void releaseSenders() {
    senders.releaseIf(this::isWritable);
  }

  private boolean isWritable(long bytes) {
    long seen = word.get();
    boolean isHalfFree = count(seen) <= maxCount / 2 && bytes(seen) <= maxBytes / 2;
    return seen < 0 || ((isHalfFree || count(seen) == 0) && hasRoom(seen, bytes));
  }

  /** One callback goes however large it is, or it never would. */
  private boolean hasRoom(long seen, long bytes) {
    return count(seen) < maxCount && (count(seen) == 0 || bytes(seen) + bytes <= maxBytes);
  }

  /** What one callback takes up in the word. */
  private static long place(Callback callback) {
    return (1L << COUNT_SHIFT) + callback.size();
  }

  private static long count(long word) {
    return (word >>> COUNT_SHIFT) & COUNT_MASK;
  }

  private static long bytes(long word) {
    return word & BYTES_MASK;
  }
}
