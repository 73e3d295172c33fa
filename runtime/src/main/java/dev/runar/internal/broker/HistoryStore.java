package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.Payload;
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Entry;
import dev.runar.spi.Store.Loss;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Where channels whose rule is durable keep what they remember through a restart. Any thread;
 * nothing but {@link #restore} waits for the disk.
 *
 * <p>A publication is delivered and written at the same time. So a node that is killed may have
 * delivered what the disk does not have: those publications have never been, for everybody else.
 * After a restart a channel counts on in a new epoch; offsets of the epochs before it compare up to
 * the last one that was found of each. Who has seen more than that is told that it cannot recover.
 *
 * <p>What the disk refuses is counted, and marked by a hole as soon as the disk takes that: nothing
 * before a hole is recovered after a restart, as that would be a part only. The channel itself
 * knows of its hole ({@link DurableHistory}), so there are no more of them than channels.
 */
public final class HistoryStore {
  private static final Logger LOG = System.getLogger("dev.runar.history");

  /** Before a topic: its queue in the store. */
  private static final String QUEUES = "history/";

  private static final int CHUNK = 1_000;

  /** A disk that is full refuses each publication, and each topic of a name may be too long. */
  private static final long LOG_EVERY_MS = 60_000;

  /** What an entry costs a store beside the payload and the topic. */
  public static final int ENTRY_BYTES = 64;

  /**
   * A publication as it is kept.
   *
   * @param receipt what the store said of it
   */
  record Kept(Store.Receipt receipt, long offset, long atMs, Payload payload) {}

  /**
   * A channel as it was found.
   *
   * @param kept all up to the top, without holes
   * @param top the offset of its last publication
   * @param atMs when that was
   * @param epochs the last offset of each epoch that is known
   * @param marks the entries beside publications that say all this, for as long as the channel is
   */
  record Past(List<Kept> kept, long top, long atMs, Map<String, Long> epochs, List<Long> marks) {}

  /** Takes what was found of a topic; false: nobody wants it any more. */
  interface Restored {
    boolean take(String topic, Past past);
  }

  private final Store store;
  private final Clock clock;
  private final LongAdder unstored = new LongAdder();
  private final AtomicLong refusalLoggedAtMs = new AtomicLong();
  private final AtomicLong lengthLoggedAtMs = new AtomicLong();

  // Entries that it could not remove: no more than the store holds.
  private final Map<Long, String> unremoved = new ConcurrentHashMap<>();

  /** Beside whatever else uses the store. */
  public HistoryStore(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** What the store did not take: publications, and beginnings of epochs; counts up. */
  public long unstored() {
    return unstored.sum();
  }

  /** Now, in milliseconds since 1970. */
  long nowMs() {
    return clock.wallMs();
  }

  /** Whether a topic is short enough to name a queue. */
  boolean fits(String topic) {
    return 3 * (QUEUES.length() + topic.length()) <= Store.MAX_NAME_BYTES
        || (QUEUES + topic).getBytes(UTF_8).length <= Store.MAX_NAME_BYTES;
  }

  /** A channel cannot be kept, as its topic does not fit. */
  void refused(String topic) {
    unstored.increment();
    warn(
        lengthLoggedAtMs,
        "a topic is too long for its history to outlive a restart topic=" + topic);
  }

  /** Keeps a publication. What one channel adds must come in the order of its offsets. */
  CompletableFuture<Store.Receipt> add(String topic, String epoch, long offset, Payload payload) {
    return counted(topic, new KeptForm(KeptForm.What.PUBLICATION, nowMs(), offset, epoch, payload));
  }

  /**
   * A channel goes on in another epoch: who knows that one only is known after a restart too. If
   * the store refuses it, such a client is told that it cannot recover.
   */
  CompletableFuture<Store.Receipt> begin(String topic, String epoch, long offset) {
    return counted(topic, KeptForm.mark(KeptForm.What.EPOCH, nowMs(), offset, epoch));
  }

  /** This offset of a channel, and maybe others before it, were refused. */
  CompletableFuture<Store.Receipt> mark(String topic, String epoch, long offset) {
    return append(topic, KeptForm.mark(KeptForm.What.HOLE, nowMs(), offset, epoch));
  }

  private CompletableFuture<Store.Receipt> append(String topic, KeptForm form) {
    try {
      return store.append(List.of(QUEUES + topic), form.bytes());
    } catch (RuntimeException e) { // a channel goes on without its store
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Store.Receipt> counted(String topic, KeptForm form) {
    CompletableFuture<Store.Receipt> added = append(topic, form);
    var _ =
        added.whenComplete(
            (receipt, error) -> {
              if (error != null) {
                unstored.increment();
                warn(
                    refusalLoggedAtMs,
                    "the history of a channel is not kept through a restart topic="
                        + topic
                        + " "
                        + error);
              }
            });
    return added;
  }

  private void warn(AtomicLong loggedAtMs, String line) {
    long now = nowMs();
    long last = loggedAtMs.get();
    if (now - last >= LOG_EVERY_MS && loggedAtMs.compareAndSet(last, now)) {
      LOG.log(Level.WARNING, line);
    }
  }

  /** These are not remembered any more. */
  void remove(String topic, Collection<Long> ids) {
    if (!ids.isEmpty()) {
      var _ =
          asked(topic, ids)
              .whenComplete(
                  (done, error) -> {
                    if (error != null) {
                      ids.forEach(id -> unremoved.put(id, topic));
                    }
                  });
    }
  }

  private CompletableFuture<Store.Level> asked(String topic, Collection<Long> ids) {
    try {
      return store.remove(QUEUES + topic, ids);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Tries again to remove what could not be. To be called every few seconds, and at the end. */
  void retry() {
    var again = new HashMap<String, List<Long>>();
    Map.copyOf(unremoved)
        .forEach(
            (id, topic) -> {
              again.computeIfAbsent(topic, key -> new ArrayList<>()).add(id);
              unremoved.remove(id);
            });
    again.forEach(this::remove);
  }

  /** Gives what it has of a life before; waits for the disk. Before anything is added. */
  void restore(Restored restored) {
    List<Damage> found = store.findings().damages();
    boolean isCut = found.size() < store.counts().damages(); // nobody knows what else was lost
    List<Damage> losses = found.stream().filter(each -> each.loss() != Loss.TORN).toList();
    for (String queue : store.queues()) {
      if (queue.startsWith(QUEUES)) {
        boolean mayMiss =
            isCut
                || losses.stream()
                    .anyMatch(loss -> loss.queues().isEmpty() || loss.queues().contains(queue));
        restore(queue.substring(QUEUES.length()), mayMiss, restored);
      }
    }
  }

  private void restore(String topic, boolean mayMiss, Restored restored) {
    var reading = new Reading(store.level());
    var ids = new ArrayList<Long>();
    boolean whole = true;
    List<Entry> some = store.read(QUEUES + topic, 0, CHUNK);
    while (!some.isEmpty()) {
      for (Entry entry : some) {
        ids.add(entry.id());
        whole &= reading.next(entry);
      }
      some = store.read(QUEUES + topic, some.getLast().id(), CHUNK);
    }
    if (mayMiss || !whole) {
      LOG.log(Level.ERROR, "the history of a channel is damaged and begins anew topic=" + topic);
      remove(topic, ids);
    } else if (restored.take(topic, reading.past())) {
      remove(topic, reading.useless); // all else the channel removes itself

    } else {
      remove(topic, ids);
    }
  }

  /** The entries of one channel, in their order. */
  private static final class Reading {
    /** Lives without a publication that a client may have been in. */
    private static final int KNOWN_EPOCHS = 4;

    private final Store.Level level;
    private final List<Kept> kept = new ArrayList<>();
    private final List<Long> useless = new ArrayList<>();
    private final Map<String, Long> epochs = new HashMap<>();
    private long top;
    private long atMs;
    private final Deque<Long> begins = new ArrayDeque<>();
    private long hole; // the id of the entry that says where the channel stands; 0: the last kept

    Reading(Store.Level level) {
      this.level = level;
    }

    /** False: it cannot be read. */
    boolean next(Entry entry) {
      if (!(entry instanceof Entry.Whole whole)) {
        return false;
      }
      Optional<KeptForm> read = KeptForm.read(whole.body());
      read.ifPresent(form -> next(whole.id(), form));
      return read.isPresent();
    }

    private void next(long id, KeptForm form) {
      switch (form.what()) {
        case PUBLICATION -> {
          if (form.offset() != top + 1) {
            forgetKept(form.offset());
          }
          useful(0);
          kept.add(
              new Kept(new Store.Receipt(id, level), form.offset(), form.atMs(), form.payload()));
        }
        case HOLE -> {
          if (form.offset() <= top && epochs.containsKey(form.epoch())) {
            useless.add(id); // what came behind the hole was kept before it, and has shown it
            return;
          }
          forgetKept(form.offset());
          useful(id);
        }
        case EPOCH -> {
          if (form.offset() != top) {
            forgetKept(form.offset());
          }
          begins.add(id);
          if (begins.size() > KNOWN_EPOCHS) {
            useless.add(begins.removeFirst());
          }
        }
      }
      top = form.offset();
      epochs.put(form.epoch(), top);
      if (form.what() != KeptForm.What.EPOCH) {
        atMs = form.atMs();
      }
    }

    /** What was kept does not lead up to this offset. */
    private void forgetKept(long offset) {
      kept.forEach(before -> useless.add(before.receipt().id()));
      kept.clear();
      if (offset <= top) {
        epochs.clear(); // the channel had lost its history, and began anew
      }
    }

    private void useful(long newHole) {
      if (hole != 0) {
        useless.add(hole);
      }
      hole = newHole;
    }

    Past past() {
      var marks = new ArrayList<Long>(begins);
      if (hole != 0) {
        marks.add(hole);
      }
      return new Past(kept, top, atMs, epochs, marks);
    }
  }
}
