package dev.runar.internal.broker.offline;

import dev.runar.spi.Store;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is known of one client's queue; its bodies are in the store. Guarded by its owner. */
final class OfflineQueue {
  /** What began it, which a restart does not forget. */
  enum Origin {
    /** A service has joined it: it stays until the service leaves. */
    SERVICE(StoreNames.MEMBERS),
    /** Publications of a topic spilled into it. */
    SPILL(StoreNames.SPILLED);

    /** The queue of the store that says so. */
    final String members;

    Origin(String members) {
      this.members = members;
    }
  }

  final QueueKey key;

  Origin origin;

  /** Ends with the store's promise that the queue survives. */
  CompletableFuture<Store.Receipt> joined;

  /** Of its user, if it began by spilling. */
  @Nullable SpillShare share;

  /** Those who still put publications into it. */
  int holds;

  /** The messages by id. */
  final TreeMap<Long, Held> messages = new TreeMap<>();

  /** The highest id that ever was among them; what the store has above it is on its way here. */
  long settled;

  /** The messages that count, which are all but those that give way to newer ones. */
  int counted;

  /** Of them. */
  long bytes;

  /** Offered and not acknowledged by the store yet. */
  int pending;

  long pendingBytes;

  /** Gives them to the client while it is there. */
  @Nullable OfflineReader reader;

  /** The client leaves: ends when the store has agreed. */
  @Nullable CompletableFuture<Store.Level> leaving;

  /** The client left. */
  boolean isGone;

  /** One message. */
  static final class Held {
    final int size;
    final long offeredAtMs;

    /** From a life of the node before this one. */
    final boolean isRestored;

    int given;
    int rejected;

    /** Of them, those before the node started. */
    int rejectedBefore;

    /** The entry of the store that counts its rejections; 0: there is none. */
    long countedBy;

    /** It becomes a dead letter now. */
    boolean isDying;

    /** It goes when the store has a newer one in its place. */
    boolean isCeding;

    /** Its client has it: ends when the store has agreed. */
    @Nullable CompletableFuture<Store.Level> acknowledgement;

    Held(int size, long offeredAtMs, boolean isRestored) {
      this.size = size;
      this.offeredAtMs = offeredAtMs;
      this.isRestored = isRestored;
    }

    /** Whether it may be given to the client now. */
    boolean isGivable() {
      return !isDying && acknowledgement == null;
    }

    /** Whether the client may know it. */
    boolean mayBeKnown() {
      return given > 0 || isRestored;
    }
  }

  OfflineQueue(QueueKey key, Origin origin, CompletableFuture<Store.Receipt> joined) {
    this.key = key;
    this.origin = origin;
    this.joined = joined;
  }

  /** Whether it began by spilling and nobody needs it any more. */
  boolean isIdle() {
    return origin == Origin.SPILL
        && holds == 0
        && messages.isEmpty()
        && pending == 0
        && leaving == null
        && !isGone
        && joined.state() == CompletableFuture.State.SUCCESS
        && (reader == null || reader.isOfSpill());
  }

  /** The name of its messages in the store. */
  String name() {
    return StoreNames.MESSAGES + key.text();
  }

  /** The name of its counts of rejections in the store. */
  String counts() {
    return StoreNames.COUNTS + key.text();
  }
}
