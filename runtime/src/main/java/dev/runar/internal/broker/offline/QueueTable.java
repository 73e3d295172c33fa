package dev.runar.internal.broker.offline;

import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineQueue.Held;
import dev.runar.internal.broker.offline.OfflineQueue.Origin;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The queues by group and key, and what they hold together. Guarded by itself: who uses it holds
 * it.
 */
final class QueueTable {
  private final OfflineOptions options;
  private final Map<QueueKey, OfflineQueue> queues = new HashMap<>();
  private final Map<String, Map<QueueKey, OfflineQueue>> groups = new HashMap<>();
  private final Map<String, SpillShare> shares = new HashMap<>(); // by user
  private long messages;
  private long bytes;

  QueueTable(OfflineOptions options) {
    this.options = options;
  }

  int size() {
    return queues.size();
  }

  /** Waiting, and on the way to the store. */
  long messages() {
    return messages;
  }

  long bytes() {
    return bytes;
  }

  Optional<OfflineQueue> find(QueueKey key) {
    return Optional.ofNullable(queues.get(key));
  }

  List<OfflineQueue> of(String group) {
    Map<QueueKey, OfflineQueue> members = groups.get(group);
    return members == null ? List.of() : List.copyOf(members.values());
  }

  List<OfflineQueue> all() {
    return List.copyOf(queues.values());
  }

  void add(OfflineQueue queue) {
    queues.put(queue.key, queue);
    groups.computeIfAbsent(queue.key.group(), first -> new LinkedHashMap<>()).put(queue.key, queue);
    share(queue);
  }

  /** Whether one more queue of a user may begin by spilling. */
  boolean maySpill(String user) {
    SpillShare share = shares.get(user);
    return share == null || share.queues < SpillShare.QUEUES;
  }

  /** Something else is now what a queue is there for. */
  void change(OfflineQueue queue, Origin origin) {
    unshare(queue, queue.bytes + queue.pendingBytes);
    queue.share = null;
    queue.origin = origin;
    share(queue);
  }

  private void share(OfflineQueue queue) {
    if (queue.origin == Origin.SPILL) {
      queue.share = shares.computeIfAbsent(queue.key.user(), first -> new SpillShare());
      queue.share.queues++;
      queue.share.bytes += queue.bytes + queue.pendingBytes;
    }
  }

  private void unshare(OfflineQueue queue, long size) {
    SpillShare share = queue.share;
    if (share != null) {
      share.queues--;
      share.bytes -= size;
      if (share.queues == 0) {
        shares.remove(queue.key.user(), share);
      }
    }
  }

  /** Takes a queue out, with what waits in it. */
  void remove(OfflineQueue queue) {
    queue.isGone = true;
    if (queue.reader != null) {
      queue.reader.end(OfflineReader.Ending.LEFT);
    }
    queues.remove(queue.key, queue);
    Map<QueueKey, OfflineQueue> members = groups.get(queue.key.group());
    if (members != null) {
      members.remove(queue.key, queue);
      if (members.isEmpty()) {
        groups.remove(queue.key.group());
      }
    }
    messages -= queue.counted;
    bytes -= queue.bytes;
    unshare(queue, queue.bytes); // what is on the way is released when it has come
  }

  /**
   * Makes room for a message as the policy says, and keeps it.
   *
   * @return those that give way to it; null: there is no room
   */
  @Nullable Map<Long, Held> reserve(OfflineQueue queue, int size) {
    var ceding = new LinkedHashMap<Long, Held>();
    if (!fits(queue, size, 0, 0)) {
      if (options.full() == FullPolicy.REFUSE_NEW || !choose(queue, size, ceding)) {
        return null;
      }
      for (Held held : ceding.values()) {
        held.isCeding = true;
        uncount(queue, held);
      }
    }
    queue.pending++;
    queue.pendingBytes += size;
    charge(queue, 1, size);
    return ceding;
  }

  /** Finds the oldest ones without which it fits. */
  private boolean choose(OfflineQueue queue, int size, Map<Long, Held> ceding) {
    long freed = 0;
    for (var oldest : queue.messages.entrySet()) {
      if (oldest.getValue().isCeding) {
        continue;
      }
      ceding.put(oldest.getKey(), oldest.getValue());
      freed += oldest.getValue().size;
      if (fits(queue, size, ceding.size(), freed)) {
        return true;
      }
    }
    return false;
  }

  private boolean fits(OfflineQueue queue, int size, int fewer, long freed) {
    return queue.counted + queue.pending - fewer < options.messages()
        && queue.bytes + queue.pendingBytes - freed + size <= options.bytes()
        && messages - fewer < options.totalMessages()
        && bytes - freed + size <= options.totalBytes()
        && (queue.share == null || queue.share.bytes - freed + size <= mostOfShare());
  }

  private long mostOfShare() {
    return Math.max(options.bytes(), options.totalBytes() / SpillShare.PART);
  }

  private void charge(OfflineQueue queue, int count, long size) {
    messages += count;
    bytes += size;
    if (queue.share != null) {
      queue.share.bytes += size;
    }
  }

  /** A message that was kept room for is not coming, or is counted otherwise now. */
  void release(OfflineQueue queue, int size) {
    queue.pending--;
    queue.pendingBytes -= size;
    charge(queue, -1, -size);
  }

  /** A message does not give way after all. */
  void keep(OfflineQueue queue, long id, Held held) {
    if (!queue.isGone && queue.messages.get(id) == held) {
      held.isCeding = false;
      count(queue, held);
    }
  }

  private void count(OfflineQueue queue, Held held) {
    queue.counted++;
    queue.bytes += held.size;
    charge(queue, 1, held.size);
  }

  private void uncount(OfflineQueue queue, Held held) {
    queue.counted--;
    queue.bytes -= held.size;
    charge(queue, -1, -held.size);
  }

  void put(OfflineQueue queue, long id, Held held) {
    queue.messages.put(id, held);
    queue.settled = Math.max(queue.settled, id);
    count(queue, held);
    if (queue.reader != null) {
      queue.reader.consider();
    }
  }

  @Nullable Held take(OfflineQueue queue, long id) {
    Held held = queue.messages.remove(id);
    if (held != null) {
      if (!held.isCeding) {
        uncount(queue, held);
      }
      if (queue.reader != null) {
        queue.reader.gone(id);
      }
    }
    return held;
  }
}
