package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.RunarException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The items of one stream on their way from one producer to one consumer: in order, bounded, then
 * one end. Any thread; nothing here blocks.
 *
 * <p>The producer may be ahead of the consumer by so many items, and their bytes: what the consumer
 * has {@link #taken} gives room again. Each side asks to be called back, once, when it can go on.
 * What was written before an end arrives before the end; a consumer that goes away drops what
 * waits, and the producer hears of it.
 */
public final class Pipe {
  private final int maxItems;
  private final long maxBytes;
  private final StreamCounts counts;

  // Guarded by this.
  private final ArrayDeque<Items> waiting = new ArrayDeque<>();
  private long waitingBytes;

  /** Written and not given back by {@link #taken}. */
  private int ahead;

  private @Nullable Look look;

  /** Written, and with who looks at them: batches. */
  private int unseen;

  private boolean isSpoiled;
  private boolean isRead;

  private @Nullable End end;
  private boolean isLost;
  private boolean isOver;
  private @Nullable Runnable whenRoom;
  private @Nullable Runnable whenReadable;
  private @Nullable Watch watch;
  private List<Runnable> whenClosed = List.of();
  private @Nullable Runnable whenOver;

  /** How it has ended; no failure: with the last item. */
  public record End(@Nullable RunarException failure) {}

  /** Hears of a consumer that waits for an item, and of the end of that. Short; any thread. */
  interface Watch {
    void waits();

    void served();
  }

  /** Looks at what is written before the consumer has it. Never blocks; any thread. */
  public interface Look {
    /** It answers by {@link #seen}, in the order of the items, or by {@link #spoiled}. */
    void at(Items items);
  }

  Pipe(int maxItems, long maxBytes, StreamCounts counts) {
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
    this.counts = counts;
  }

  synchronized void watchedBy(Watch observer) {
    watch = observer;
  }

  /**
   * Producer: how many items it may write now; 0 while their bytes are too many. It writes large
   * ones one by one, since only then what waits is more than the bound by no more than one.
   */
  public synchronized int room() {
    return isClosed() || waitingBytes >= maxBytes ? 0 : maxItems - ahead;
  }

  /** Whether nothing can be written any more: it has ended, or its consumer is gone. */
  public synchronized boolean isClosed() {
    return isLost || end != null;
  }

  /**
   * Producer: hands over items. After {@code FULL} or {@code CLOSED} it has not touched them.
   *
   * @return {@code FULL} if there is no room for all of them
   */
  public Delivery write(Items items) {
    Runnable reader = () -> {};
    Look looking;
    synchronized (this) {
      if (isClosed()) {
        return Delivery.CLOSED;
      }
      if (items.count() > maxItems - ahead) {
        return Delivery.FULL;
      }
      waitingBytes += items.size();
      ahead += items.count();
      counts.written(items.count(), ahead, waitingBytes);
      looking = look;
      if (looking == null) {
        waiting.add(items);
        reader = readerToTell();
      } else {
        unseen++;
      }
    }
    reader.run();
    if (looking != null) {
      looking.at(items);
    }
    return Delivery.QUEUED;
  }

  /** Before anything is written: what will be is looked at first. It uses up room meanwhile. */
  public synchronized void lookedAtBy(Look looking) {
    look = looking;
  }

  /** Who looks: these items, which were written together, are for the consumer. */
  public void seen(Items items) {
    Runnable reader;
    synchronized (this) {
      if (isLost || isSpoiled) {
        return;
      }
      unseen--;
      waiting.add(items);
      reader = readerToTell();
    }
    reader.run();
  }

  /** Who looks: behind these good items nothing more will be for the consumer but an end. */
  public void spoiled(List<? extends Items> good) {
    Runnable reader;
    synchronized (this) {
      if (isLost || isSpoiled) {
        return;
      }
      isSpoiled = true;
      waiting.addAll(good);
      reader = readerToTell();
    }
    reader.run();
  }

  /** Producer: that was the last item. Only the first end counts. */
  public void end() {
    end(new End(null));
  }

  /** Producer, or who ends the stream for it: the consumer gets what was written, then this. */
  public void fail(RunarException failure) {
    end(new End(failure));
  }

  private void end(End reason) {
    Runnable reader;
    List<Runnable> closed;
    Runnable writer;
    synchronized (this) {
      if (isClosed()) {
        return;
      }
      end = reason;
      reader = readerToTell();
      writer = writerToTell();
      closed = closedToTell();
    }
    reader.run();
    writer.run();
    closed.forEach(Runnable::run);
  }

  /** Producer: runs the callback once, when about half of the room is free or it is closed. */
  public void whenRoom(Runnable callback) {
    synchronized (this) {
      if (!isClosed() && !isRoomy()) {
        whenRoom = callback;
        return;
      }
    }
    callback.run();
  }

  /** Runs the callback once, when {@link #isClosed}; at once if it is. */
  public void whenClosed(Runnable callback) {
    synchronized (this) {
      if (!isClosed()) {
        whenClosed = new ArrayList<>(whenClosed); // two at most: its request, its producer
        whenClosed.add(callback);
        return;
      }
    }
    callback.run();
  }

  /**
   * Runs the callback once, when its consumer has reached the end, or has gone away. One caller.
   */
  public void whenOver(Runnable callback) {
    synchronized (this) {
      if (!isOver) {
        whenOver = callback;
        return;
      }
    }
    callback.run();
  }

  /** A stream that nobody writes and whose consumer is told why. */
  public static Pipe failed(RunarException failure) {
    Pipe pipe = new StreamCounts(1).open(1);
    pipe.fail(failure);
    return pipe;
  }

  /** Whether its consumer has asked for an item. */
  public synchronized boolean isRead() {
    return isRead;
  }

  /** Consumer: the next items, or null. They use up room until they are {@link #taken}. */
  public synchronized @Nullable Items poll() {
    isRead = true;
    Items items = waiting.poll();
    if (items != null) {
      waitingBytes -= items.size();
    }
    return items;
  }

  /** Consumer: the end, once it has reached it. */
  public synchronized @Nullable End ended() {
    if (end == null || !waiting.isEmpty() || isLookedAt()) {
      return null;
    }
    over();
    return end;
  }

  /** Consumer: it has done with so many items, so there is room for others. */
  public void taken(int items) {
    Runnable writer = () -> {};
    synchronized (this) {
      ahead = Math.max(0, ahead - items);
      if (isRoomy()) {
        writer = writerToTell();
      }
    }
    writer.run();
  }

  /** Consumer: runs the callback once, when there is something to {@link #poll}, or the end. */
  public void whenReadable(Runnable callback) {
    synchronized (this) {
      isRead = true;
      if (waiting.isEmpty() && (end == null || isLookedAt()) && !isLost) {
        whenReadable = callback;
        if (watch != null) {
          watch.waits();
        }
        return;
      }
    }
    callback.run();
  }

  /** Consumer: it goes away. What waits is dropped; the producer hears of it. Repeatable. */
  public void cancel() {
    List<Runnable> closed = List.of();
    Runnable writer = () -> {};
    synchronized (this) {
      if (isLost) {
        return;
      }
      if (end == null) {
        writer = writerToTell();
        closed = closedToTell();
      }
      isLost = true;
      waiting.clear();
      waitingBytes = 0;
      whenReadable = null;
      over();
    }
    writer.run();
    closed.forEach(Runnable::run);
  }

  /** Whether its consumer has gone away before the end. */
  synchronized boolean isLost() {
    return isLost;
  }

  /** Whether items may still come from who looks; none do behind a bad one, however many it has. */
  private boolean isLookedAt() {
    return unseen > 0 && !isSpoiled;
  }

  private boolean isRoomy() {
    return ahead <= maxItems / 2 && waitingBytes <= maxBytes / 2;
  }

  private void over() {
    if (!isOver) {
      isOver = true;
      counts.over();
      if (whenOver != null) {
        whenOver.run(); // short, and asks nothing of this
      }
    }
  }

  private Runnable readerToTell() {
    Runnable reader = whenReadable;
    if (reader == null) {
      return () -> {};
    }
    whenReadable = null;
    if (watch != null) {
      watch.served();
    }
    return reader;
  }

  private Runnable writerToTell() {
    Runnable writer = whenRoom;
    whenRoom = null;
    return writer == null ? () -> {} : writer;
  }

  private List<Runnable> closedToTell() {
    List<Runnable> all = whenClosed;
    whenClosed = List.of();
    return all;
  }
}
