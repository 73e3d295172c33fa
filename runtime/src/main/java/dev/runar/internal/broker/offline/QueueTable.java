package dev.runar.internal.broker.offline;

import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineQueue.Held;
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
    messages++;
    bytes += size;
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
        && bytes - freed + size <= options.totalBytes();
  }

  /** A message that was kept room for is not coming, or is counted otherwise now. */
  void release(OfflineQueue queue, int size) {
    queue.pending--;
    queue.pendingBytes -= size;
    messages--;
    bytes -= size;
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
    messages++;
    bytes += held.size;
  }

  private void uncount(OfflineQueue queue, Held held) {
    queue.counted--;
    queue.bytes -= held.size;
    messages--;
    bytes -= held.size;
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
