package dev.runar.spi;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps what waits for somebody, in named queues, until it is removed. Any thread.
 *
 * <p>What one thread appends has rising ids, and {@link #read} gives it in their order. {@link
 * #append} and {@link #remove} never wait; their futures end on a thread of the store, so what
 * hangs on them must not block. {@link #read} may wait for a disk: it is nothing for an event loop
 * or an owner thread.
 *
 * <p>The node calls {@link #append} and {@link #remove} with locks of its own held, also on event
 * loops: so they must not wait for anything that waits for one of their futures. The futures of
 * appends to one queue end in the order of their ids. A store that a program gives the node may end
 * futures with its own locks held, as the node hears of them on another thread, in the order in
 * which they ended; what such a store throws in place of a future counts as a future that failed
 * with {@code FAILED}.
 *
 * <p>A future that fails with {@link StoreException.Reason#FAILED} leaves open whether what was
 * asked for is done: it may show up after a restart. One that fails for any other reason changed
 * nothing.
 */
public interface Store extends AutoCloseable {

  /** What an acknowledgement says of the thing that it acknowledges. Later ones are stronger. */
  enum Level {
    /** It is in the memory of this process and goes with it. */
    MEMORY,
    /** The operating system has it: it outlives this process, but not a loss of power. */
    WRITTEN,
    /** The disk says that it has it: it outlives a loss of power. */
    SYNCED,
    /** Another machine has it too. No store that comes with the node reaches this. */
    REPLICATED
  }

  /**
   * An append that was taken.
   *
   * @param id in every queue that it was appended to; above 0
   */
  record Receipt(long id, Level level) {}

  /** What waits in a queue. */
  sealed interface Entry {
    long id();

    /**
     * An entry as it was appended.
     *
     * @param body the caller's own
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied often if it were
    record Whole(long id, byte[] body) implements Entry {}

    /**
     * An entry whose body cannot be read any more; it stays until it is removed.
     *
     * @param place file and position
     */
    record Damaged(long id, String place) implements Entry {}
  }

  /** What kind of loss was found. */
  enum Loss {
    /** The end was being written when the process or the machine stopped; nobody was told of it. */
    TORN,
    /** Something was written and is not what it was; it may have been acknowledged. */
    DAMAGED,
    /** Something that must be there is not, such as a file. */
    MISSING
  }

  /**
   * One loss.
   *
   * @param place a file and the position in it, in bytes
   * @param first the id of the first operation that is lost; ids count appends and removals alike
   * @param last the id of the last one; {@link Long#MAX_VALUE}: nobody knows how many followed
   * @param queues what may miss something; empty: any queue may
   */
  record Damage(Loss loss, String place, long first, long last, Set<String> queues) {}

  /**
   * What was found since the store was opened.
   *
   * @param wasClosed whether the store had been closed before it was opened; if not, an end that
   *     fell off at an operation's border cannot be told from one that was never written
   * @param damages at most 1,000, in the order they were found
   */
  record Findings(boolean wasClosed, List<Damage> damages) {}

  /**
   * Counts.
   *
   * @param entries that wait now, each once for all its queues
   * @param bytes of their bodies and what goes with them
   * @param waitingBytes of operations that are not acknowledged yet
   * @param appended counts up
   * @param removed counts up, one for each queue
   * @param refused operations that were not taken at a bound; counts up
   * @param failed operations that no disk took; counts up
   * @param syncs groups of operations that were acknowledged together; counts up
   * @param damages losses that were found; counts up
   */
  record Counts(
      long entries,
      long bytes,
      long waitingBytes,
      long appended,
      long removed,
      long refused,
      long failed,
      long syncs,
      long damages) {}

  /** What its acknowledgements say. */
  Level level();

  /**
   * Appends one body to queues: to all of them or to none. A queue begins to be with its first
   * entry.
   *
   * @param queues names of at most {@value #MAX_NAME_BYTES} bytes of UTF-8; at least one
   * @param body not touched again by the caller
   * @return fails with a {@link StoreException}
   */
  CompletableFuture<Receipt> append(Collection<String> queues, byte[] body);

  /**
   * Removes entries from one queue; those that it does not have are passed over.
   *
   * @return ends when no restart brings them back; fails with a {@link StoreException}
   */
  CompletableFuture<Level> remove(String queue, Collection<Long> ids);

  /**
   * The acknowledged entries of a queue in their order.
   *
   * @param after only entries with ids above it
   * @throws StoreException {@code CLOSED}
   */
  List<Entry> read(String queue, long after, int limit);

  /** The queues that have entries. */
  Set<String> queues();

  /** What was found to be lost. */
  Findings findings();

  /** Counts now. */
  Counts counts();

  /** Acknowledges what was taken, then ends. Waits for it. Repeatable. */
  @Override
  void close();

  /** The longest name of a queue, in bytes of UTF-8. */
  int MAX_NAME_BYTES = 2_048;
}
