package dev.runar.internal.broker.offline;

import dev.runar.RunarException;
import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.spi.Store.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages of one queue for a client that is there: what waits, in order, and then what
 * is offered. Any thread; only one {@link #next} at a time.
 *
 * <p>All of it is read from the store, also what was offered just now, so there is no second way
 * that could overtake the first. A message is given once, and again only after its client has
 * refused it. So many as the window says are given and not acknowledged; then it pauses.
 */
public final class OfflineReader {

  /** Who is told of messages. Called by threads that may block, perhaps by two at a time. */
  public interface Listener {
    /** {@link OfflineReader#next} has something. Not said again before it was asked. */
    void ready();

    /** It will never have anything again; not said after {@link OfflineReader#detach}. */
    void ended(Ending why);
  }

  /** Why there is nothing more. */
  public enum Ending {
    /** A newer reader has the queue. */
    TAKEN_OVER,
    /** All that waited when it began was given, and no more was asked for. */
    DONE,
    /** Nothing waits in a queue that began by spilling, and the client had not asked for it. */
    EMPTY,
    /** The client has left the group. */
    LEFT,
    /** The store does not answer any more. */
    FAILED
  }

  private final Giving giving;
  private final Executor work;
  private final OfflineQueue queue;
  private final int window;
  private final Listener listener;
  private final QueueTable table; // guarded by itself

  // Guarded by the table.
  /** Given, and neither acknowledged nor refused. */
  private final TreeSet<Long> underWay = new TreeSet<>();

  /** Given and refused, to be given again. */
  private final TreeSet<Long> again = new TreeSet<>();

  /** The highest that was given. */
  private long last;

  /** The highest that it gives. */
  private long end = Long.MAX_VALUE;

  /** It has said that there is something, and was not asked since. At first it says nothing. */
  private boolean isTold = true;

  private boolean isReading;
  private boolean isOver;
  private boolean isOfSpill;

  OfflineReader(Giving giving, Executor work, OfflineQueue queue, int window, Listener listener) {
    this.giving = giving;
    this.work = work;
    this.table = giving.table();
    this.queue = queue;
    this.window = window;
    this.listener = listener;
  }

  /** How many messages wait in the queue now. */
  public int waiting() {
    synchronized (table) {
      return queue.messages.size();
    }
  }

  /** From now on the listener is told, without an end. */
  public void begin() {
    synchronized (table) {
      isTold = false;
      consider();
    }
  }

  /** As {@link #begin}, for a client that has not asked for it. */
  public void beginForSpill() {
    synchronized (table) {
      isOfSpill = true;
      begin();
    }
  }

  /** As {@link #begin}, until all is given that waits now. */
  public void beginUntilNow() {
    synchronized (table) {
      end = queue.messages.isEmpty() ? 0 : queue.messages.lastKey();
      begin();
    }
  }

  /**
   * Takes the next messages, which from then on count as delivered.
   *
   * @param bytes of messages, at most; but one message in any case
   * @param taker called once, by a thread that may block, perhaps with none; the listener is not
   *     told of others before it is back
   */
  public void next(int bytes, Consumer<List<WaitingMessage>> taker) {
    work.execute(
        () -> {
          taker.accept(read(bytes));
          goOn();
        });
  }

  /** The queue is free for another, or until its client is back. Repeatable. */
  public void detach() {
    synchronized (table) {
      end();
    }
  }

  private List<WaitingMessage> read(int bytes) {
    List<Long> chosen;
    synchronized (table) {
      isTold = false;
      isReading = true;
      chosen = choose(bytes);
    }
    try {
      return chosen.isEmpty() ? List.of() : take(chosen, giving.read(queue, chosen));
    } catch (RunarException e) { // the store is closed
      synchronized (table) {
        end(Ending.FAILED);
      }
      return List.of();
    }
  }

  private void goOn() {
    synchronized (table) {
      isReading = false;
      consider();
    }
  }

  /** Those that come next, as far as the window and the bytes go. */
  private List<Long> choose(int bytes) {
    var chosen = new ArrayList<Long>();
    long sum = 0;
    for (Long id = nextId(); id != null && underWay.size() < window; id = nextId()) {
      Held held = queue.messages.get(id);
      if (held != null && held.isGivable()) {
        sum += held.size;
        if (sum > bytes && !chosen.isEmpty()) {
          return chosen;
        }
        chosen.add(id);
        underWay.add(id);
      }
      again.remove(id);
      last = Math.max(last, id);
    }
    return chosen;
  }

  private @Nullable Long nextId() {
    if (isOver) {
      return null;
    }
    if (!again.isEmpty()) {
      return again.first();
    }
    Long higher = queue.messages.higherKey(last);
    return higher == null || higher > end ? null : higher;
  }

  private List<WaitingMessage> take(List<Long> chosen, Map<Long, Entry> entries) {
    var taken = new ArrayList<WaitingMessage>();
    synchronized (table) {
      for (long id : chosen) {
        Held held = queue.messages.get(id);
        Entry entry = entries.get(id);
        if (!isOver && held != null && entry != null) { // else it has gone since it was chosen
          taken.add(giving.message(entry, held));
        }
      }
    }
    return taken;
  }

  // With the table held.

  /** Whether its client has not asked for what it gives. */
  boolean isOfSpill() {
    return isOfSpill;
  }

  /** Says that there is something, if that is news, or that there will be nothing. */
  void consider() {
    if (isOver || isTold || isReading) {
      return;
    }
    if (nextId() == null) {
      if (end != Long.MAX_VALUE) {
        end(Ending.DONE);
      }
    } else if (underWay.size() < window) {
      isTold = true;
      work.execute(listener::ready);
    }
  }

  /** It does not wait any more. */
  void gone(long id) {
    boolean wasThere = underWay.remove(id);
    if (again.remove(id) || wasThere) {
      consider();
    }
  }

  /** Its client has it, but the store does not agree; it comes again unless it is under way. */
  void stays(long id) {
    if (id <= last && !underWay.contains(id)) {
      again.add(id);
      consider();
    }
  }

  /** Its client has refused it, and it still waits. */
  void refused(long id) {
    if (id <= last && queue.messages.containsKey(id)) {
      underWay.remove(id);
      again.add(id);
      consider();
    }
  }

  void end(Ending why) {
    if (!isOver) {
      end();
      work.execute(() -> listener.ended(why));
    }
  }

  private void end() {
    isOver = true;
    underWay.clear();
    again.clear();
    if (queue.reader == this) {
      queue.reader = null;
    }
  }
}
