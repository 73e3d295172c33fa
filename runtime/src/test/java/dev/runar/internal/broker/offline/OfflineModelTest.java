package dev.runar.internal.broker.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.store.LogStore;
import dev.runar.internal.store.MemoryStore;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random lives of offline queues against a model, with restarts between. */
@Timeout(120)
class OfflineModelTest extends OfflineFixture {
  /** Random lives against a model, with restarts between. */
  @Test
  void theQueuesAgreeWithTheirModel() {
    for (long seed = 0; seed < 200; seed++) {
      run(seed, MemoryStore.bounded(1 << 24, 100_000), null);
    }
    for (long seed = 0; seed < 5; seed++) {
      Path place = folder.resolve("seed" + seed);
      run(seed, LogStore.open(place, Level.WRITTEN, 1 << 24, 100_000), place);
    }
  }

  private void run(long seed, Store first, Path place) {
    var random = new Random(seed);
    var options = OfflineOptions.DEFAULT.holding(6, 1 << 20, FullPolicy.DROP_OLDEST).burying(3, "");
    Store held = first;
    OfflineQueues queues = over(held, options);
    var model = new HashMap<QueueKey, TreeMap<Long, String>>();
    var rejected = new HashMap<Long, Integer>();
    List<QueueKey> keys = List.of(PHONE, LAPTOP, BOB);
    for (int step = 0; step < 120; step++) {
      QueueKey key = keys.get(random.nextInt(keys.size()));
      TreeMap<Long, String> wanted = model.get(key);
      switch (random.nextInt(12)) {
        case 0 -> {
          join(queues, key);
          model.computeIfAbsent(key, joined -> new TreeMap<>());
        }
        case 1 -> {
          if (random.nextInt(4) == 0) {
            assertThat(queues.leave(key).join()).isNotNull();
            model.remove(key);
          }
        }
        case 2, 3, 4 -> {
          String text = "m" + step;
          if (wanted != null) {
            put(wanted, offer(queues, key, text), text);
          }
        }
        case 5, 6 -> {
          String text = "g" + step;
          var published = queues.publish("chat", null, Payload.of(text)).join();
          assertThat(published.taken()).containsExactlyInAnyOrderElementsOf(model.keySet());
          for (QueueKey member : model.keySet()) {
            List<WaitingMessage> there = waiting(queues, member);
            put(model.get(member), there.get(there.size() - 1).id(), text);
          }
        }
        case 7, 8 -> {
          Long id = any(wanted, random);
          if (id != null) {
            assertThat(queues.ack(key, id).join()).isPresent();
            wanted.remove(id);
          }
        }
        case 9, 10 -> {
          Long id = any(wanted, random);
          if (id != null) {
            long counted = id * 10 + keys.indexOf(key);
            int times = rejected.merge(counted, 1, Integer::sum);
            assertThat(queues.nack(key, id, "no").join()).isEqualTo(Optional.of(times));
            if (times == 3) {
              wanted.remove(id);
            }
          }
        }
        default -> {
          if (place != null) {
            held.close();
            held = LogStore.open(place, Level.WRITTEN, 1 << 24, 100_000);
          }
          queues = over(held, options);
        }
      }
      check(seed, step, queues, model);
    }
    held.close();
  }

  private static void put(TreeMap<Long, String> wanted, long id, String text) {
    wanted.put(id, text);
    if (wanted.size() > 6) {
      wanted.pollFirstEntry();
    }
  }

  private static Long any(TreeMap<Long, String> wanted, Random random) {
    return wanted == null || wanted.isEmpty()
        ? null
        : List.copyOf(wanted.keySet()).get(random.nextInt(wanted.size()));
  }

  private static void check(
      long seed, int step, OfflineQueues queues, Map<QueueKey, TreeMap<Long, String>> model) {
    assertThat(queues.members("chat")).containsExactlyInAnyOrderElementsOf(model.keySet());
    model.forEach(
        (key, wanted) -> {
          var there = new TreeMap<Long, String>();
          for (WaitingMessage message : waiting(queues, key)) {
            there.put(message.id(), message.payload().orElseThrow().asString());
          }
          assertThat(there).as("seed %d, step %d, %s", seed, step, key).isEqualTo(wanted);
        });
    long messages = model.values().stream().mapToLong(TreeMap::size).sum();
    assertThat(queues.holding().messages()).isEqualTo(messages);
  }
}
