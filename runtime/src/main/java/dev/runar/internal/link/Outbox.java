package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.RunarException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way to the other side. Any thread; never blocks.
 *
 * <p>Whoever posts a frame while nobody carries any carries it to the transport, and with it what
 * others post meanwhile: so a batch is as large as the link is busy. The thread that reads the link
 * holds back what it posts itself until it has read all that came together.
 */
final class Outbox {
  /** So much may wait for the transport; then what is not reserved is refused. */
  static final int MAX_WAITING = 8 << 20;

  /** So much may wait before large answers are refused, too: who has asked is told in short. */
  static final int MAX_ANSWERS = 64 << 20;

  /** Larger ones can be refused; the number of those that cannot is that of the questions. */
  static final int SMALL_ANSWER = 4 << 10;

  private static final int MAX_ARRAY = Integer.MAX_VALUE - 64;
  private static final int FIRST_CAPACITY = 16 << 10;

  /** A batch that was larger gives its memory back. */
  private static final int KEPT_CAPACITY = 1 << 20;

  /**
   * What is held back beyond this goes at once, so that both sides work at the same time: with
   * larger batches each waits for the other to have done with its own.
   */
  private static final int LARGE_BATCH = 8 << 10;

  private final LinkTransport transport;
  private final Consumer<Throwable> broken;
  private final LongAdder refused = new LongAdder();
  private final LongAdder taken = new LongAdder();

  // Guarded by this.
  private byte[] waiting = new byte[FIRST_CAPACITY];
  private int length;
  private byte[] spare = new byte[FIRST_CAPACITY];
  private boolean isCarried;
  private @Nullable Thread holder;
  private boolean isClosed;
  private final Waiters waiters = new Waiters();
  private @Nullable CompletableFuture<Void> flushed;

  /** What the transport has refused; it goes first. Touched by who carries. */
  private byte @Nullable [] kept;

  private int keptLength;
  private boolean isFull;
  private boolean hadRoom; // while it is carried: the transport may have said so before its FULL

  /**
   * An empty one.
   *
   * @param broken is told, once and under no lock, that nothing can be carried any more
   */
  Outbox(LinkTransport transport, Consumer<Throwable> broken) {
    this.transport = transport;
    this.broken = broken;
  }

  /**
   * Puts a frame on its way.
   *
   * @throws RunarException {@code TOO_LARGE}: no link can carry it
   */
  Delivery post(Frame frame) {
    return post(frame, () -> {});
  }

  /** As {@link #post}; {@code placed} runs when the frame has its place among the others. */
  Delivery post(Frame frame, Runnable placed) {
    return post(frame, placed, MAX_WAITING);
  }

  /** As {@link #post}, for what answers something: small ones have their place. */
  Delivery postAnswer(Frame frame) {
    return frame.size() <= SMALL_ANSWER ? postReserved(frame) : post(frame, () -> {}, MAX_ANSWERS);
  }

  /** As {@link #post}, for what is small and must not be refused: never {@code FULL}. */
  Delivery postReserved(Frame frame) {
    return postReserved(frame, () -> {});
  }

  /** As {@link #post(Frame, Runnable)}, with a place. */
  Delivery postReserved(Frame frame, Runnable placed) {
    Delivery posted = post(frame, placed, MAX_ARRAY);
    if (posted == Delivery.FULL) {
      failed(new OutOfMemoryError("for what waits to be sent"));
      return Delivery.CLOSED;
    }
    return posted;
  }

  private Delivery post(Frame frame, Runnable placed, int mostWaiting) {
    int size = FrameCodec.checkedSize(frame);
    synchronized (this) {
      if (isClosed) {
        return Delivery.CLOSED;
      }
      if (waiting() >= mostWaiting || !hasMemory(size)) {
        refused.increment();
        return Delivery.FULL;
      }
      length = FrameCodec.write(frame, waiting, length);
      placed.run();
      if (isCarried || isFull || (isHeldHere() && length < LARGE_BATCH)) {
        return Delivery.QUEUED;
      }
      isCarried = true;
    }
    carry();
    return Delivery.QUEUED;
  }

  private boolean hasMemory(int size) {
    if (size <= waiting.length - length) {
      return true;
    }
    if (size > MAX_ARRAY - length) {
      return false;
    }
    int doubled = (int) Math.min(2L * waiting.length, MAX_ARRAY);
    try {
      waiting = Arrays.copyOf(waiting, Math.max(length + size, doubled));
      return true;
    } catch (OutOfMemoryError e) { // what is there still goes
      return false;
    }
  }

  private boolean isHeldHere() {
    return Thread.currentThread().equals(holder);
  }

  /**
   * After {@code FULL}: runs the callback once, when half of what may wait does not, or nothing is
   * taken any more; at once if that is so already.
   */
  void whenWritable(Runnable callback) {
    List<Runnable> told;
    synchronized (this) {
      waiters.add(0, callback);
      told = writersToTell();
    }
    Waiters.tell(told);
  }

  private List<Runnable> writersToTell() {
    boolean isTime = isClosed || waiting() <= MAX_WAITING / 2;
    return isTime && !waiters.isEmpty() ? waiters.takeIf(any -> true) : List.of();
  }

  /** From now on what this thread posts waits for {@link #release}. */
  synchronized void hold() {
    holder = Thread.currentThread();
  }

  void release() {
    synchronized (this) {
      holder = null;
      if (isCarried || isFull || length == 0) {
        return;
      }
      isCarried = true;
    }
    carry();
  }

  /** Completes when all that was posted is with the transport, or that takes no more now. */
  CompletableFuture<Void> flush() {
    release(); // whoever reads the link may hold it back
    synchronized (this) {
      if (!isCarried) {
        return CompletableFuture.completedFuture(null);
      }
      flushed = flushed == null ? new CompletableFuture<>() : flushed;
      return flushed;
    }
  }

  /** The transport may take something again. */
  void room() {
    synchronized (this) {
      if (isCarried) {
        hadRoom = true;
        return;
      }
      if (!isFull) {
        return;
      }
      isFull = false;
      isCarried = true;
    }
    carry();
  }

  /** Nothing is taken any more; what waits is dropped with the link. */
  void close() {
    List<Runnable> told;
    synchronized (this) {
      isClosed = true;
      length = 0;
      kept = null;
      told = writersToTell();
    }
    Waiters.tell(told);
  }

  /** Whether what was posted last may have been dropped. */
  synchronized boolean isClosed() {
    return isClosed;
  }

  /** How many bytes the transport has taken. */
  long taken() {
    return taken.sum();
  }

  /** How many bytes wait for it. */
  synchronized long waiting() {
    return length + (kept == null ? 0L : keptLength);
  }

  /** How many frames were refused. */
  long refused() {
    return refused.sum();
  }

  private void carry() {
    try {
      carryAll();
    } catch (RuntimeException | Error e) { // whoever happens to carry is not to blame
      failed(e);
    }
    CompletableFuture<Void> told;
    synchronized (this) {
      told = isCarried ? null : flushed; // by another thread meanwhile, which tells when it is done
      flushed = isCarried ? flushed : null;
    }
    if (told != null) {
      told.complete(null);
    }
  }

  /** Frames are lost, and those behind them are worth nothing without them. */
  private void failed(Throwable failure) {
    synchronized (this) {
      isCarried = false;
      if (isClosed) {
        return;
      }
    }
    close();
    broken.accept(failure);
  }

  private void carryAll() {
    while (true) {
      byte[] batch;
      int size;
      List<Runnable> told;
      synchronized (this) {
        if (isClosed || (kept == null && length == 0)) {
          isCarried = false;
          return;
        }
        hadRoom = false;
        if (kept != null) {
          batch = kept;
          size = keptLength;
          kept = null;
        } else {
          batch = waiting;
          size = length;
          waiting = spare;
          spare = batch;
          length = 0;
        }
        told = writersToTell();
      }
      Waiters.tell(told); // their frames go behind this batch
      Delivery delivery = transport.post(batch, 0, size);
      synchronized (this) {
        switch (delivery) {
          case QUEUED -> {
            taken.add(size);
            giveBack(batch);
          }
          case FULL -> {
            keep(batch, size);
            if (!hadRoom) {
              isFull = true;
              isCarried = false;
              return;
            }
          }
          case CLOSED -> {
            isCarried = false;
            isClosed = true;
            return;
          }
        }
      }
    }
  }

  private void giveBack(byte[] batch) {
    spare = batch.length > KEPT_CAPACITY ? new byte[FIRST_CAPACITY] : batch;
  }

  private void keep(byte[] batch, int size) {
    kept = batch;
    keptLength = size;
    spare = new byte[FIRST_CAPACITY];
  }
}
