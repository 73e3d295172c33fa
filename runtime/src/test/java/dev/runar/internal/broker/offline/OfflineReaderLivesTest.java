package dev.runar.internal.broker.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.OfflineOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random lives of a client and its queue, with restarts of the node between. */
@Timeout(120)
class OfflineReaderLivesTest extends OfflineFixture {
  private static final int PLENTY = 1 << 20;

  @Test
  void everyMessageIsGivenUntilItIsAcknowledged() {
    for (long seed = 0; seed < 400; seed++) {
      new Life(seed).live();
    }
  }

  private static final class Life {
    private final long seed;
    private final Random random;
    private final StoreInSteps held = new StoreInSteps();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final int window;
    private OfflineQueues queues;

    /** What the store has said that it has, and nobody has acknowledged. */
    private final TreeSet<Long> waiting = new TreeSet<>();

    private final Set<Long> refused = new HashSet<>();
    private final TreeSet<Long> given = new TreeSet<>();
    private TakingClient client;
    private int checked;
    private long highest;

    Life(long seed) {
      this.seed = seed;
      random = new Random(seed);
      window = 1 + random.nextInt(4);
      restart();
      var _ = queues.join(PHONE);
    }

    private void restart() {
      held.acknowledgeAll();
      tasks.clear();
      client = null;
      queues = over(held, tasks::add, OfflineOptions.DEFAULT.burying(1_000, "").withWindow(window));
    }

    void live() {
      for (int step = 0; step < 200; step++) {
        switch (random.nextInt(12)) {
          case 0, 1, 2 -> {
            var _ =
                queues
                    .offer(PHONE, Payload.of("m" + step))
                    .thenAccept(receipt -> waiting.add(receipt.id()));
          }
          case 3, 4 -> held.acknowledge(1 + random.nextInt(3));
          case 5, 6 -> some(tasks.size());
          case 7 -> acknowledge();
          case 8 -> refuse();
          case 9 -> attach();
          case 10 -> {
            if (client != null && random.nextBoolean()) {
              client.reader.detach();
              client = null;
            }
          }
          default -> {
            if (random.nextInt(6) == 0) {
              restart();
              given.clear();
            }
          }
        }
        check();
      }
      finish();
    }

    private void some(int most) {
      for (int i = random.nextInt(most + 1); i > 0; i--) {
        tasks.remove().run();
      }
    }

    private void attach() {
      client = TakingClient.from(queues, random.nextBoolean() ? PLENTY : 1);
      checked = 0;
      highest = 0;
      refused.clear();
    }

    /** In order, and none twice, but what was refused. */
    private void check() {
      if (client == null) {
        return;
      }
      for (; checked < client.taken.size(); checked++) {
        long id = client.id(checked);
        assertThat(waiting).as("seed %d", seed).contains(id);
        if (!refused.remove(id)) {
          assertThat(id).as("seed %d", seed).isGreaterThan(highest);
          highest = id;
        }
        given.add(id);
      }
    }

    private Long anyGiven() {
      var there = new ArrayList<>(given);
      there.retainAll(waiting);
      return there.isEmpty() ? null : there.get(random.nextInt(there.size()));
    }

    private void acknowledge() {
      Long id = anyGiven();
      if (id != null) {
        waiting.remove(id);
        refused.remove(id);
        var _ = queues.acknowledge(PHONE, List.of(id));
      }
    }

    private void refuse() {
      Long id = anyGiven();
      if (id != null && client != null && client.taken.stream().anyMatch(m -> m.id() == id)) {
        refused.add(id);
        var _ = queues.refuse(PHONE, id, "no");
      }
    }

    /** A client that acknowledges all gets all, and then nothing is left. */
    private void finish() {
      attach();
      for (int i = 0; i < 1_000 && !(waiting.isEmpty() && tasks.isEmpty()); i++) {
        held.acknowledgeAll();
        some(tasks.size());
        check();
        acknowledge();
      }
      held.acknowledgeAll();
      assertThat(waiting).as("seed %d", seed).isEmpty();
      assertThat(queues.holding().messages()).as("seed %d", seed).isZero();
    }
  }
}
