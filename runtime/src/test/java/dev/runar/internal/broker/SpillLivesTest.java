package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.QueueKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random lives of clients that read too slowly, of a channel that spills. */
@Timeout(60)
class SpillLivesTest extends SpillFixture {
  /** Random lives: each event comes once, in order, or is told to be missing. */
  @Test
  void nothingIsLostWithoutBeingTold() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var full = FullPolicy.values()[random.nextInt(2)];
      World world =
          new World(
              OfflineOptions.DEFAULT
                  .holding(1 + random.nextInt(12), 1 << 20, full)
                  .withWindow(1 + random.nextInt(6)));
      live(world, random, seed);
      store.acknowledgeAll();
      work.clear();
      var _ = world.queues.leave(new QueueKey("t", "ann", "phone"));
      store.acknowledgeAll();
    }
  }

  private void live(World world, Random random, long seed) {
    var phone = world.phone();
    var seen = new Seen(seed);
    for (int step = 0; step < 150; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> world.publish(1 + random.nextInt(3));
        case 3 -> phone.connection.slow = true;
        case 4 -> {
          phone.connection.slow = false;
          world.simulation.on(0, phone.connection::read);
        }
        case 5 -> store.acknowledge(1 + random.nextInt(4));
        case 6 -> {
          world.simulation.settle();
          for (int i = random.nextInt(work.size() + 1); i > 0; i--) {
            work.remove().run();
          }
          world.simulation.settle();
        }
        default -> acknowledge(phone, seen);
      }
      seen.take(phone.got());
      assertThat(phone.connection.closeCode).as("seed %d", seed).isZero();
      assertThat(phone.connection.pendingBytes()).as("seed %d", seed).isLessThan(8_000);
    }
    for (int i = 0; i < 30; i++) {
      world.reads(phone);
      seen.take(phone.got());
      acknowledge(phone, seen);
    }
    world.publish(1);
    seen.take(phone.got());
    assertThat(seen.last).as("seed %d", seed).isEqualTo(world.published);
    assertThat(seen.isSpilled).as("seed %d", seed).isFalse();
  }

  private static void acknowledge(Simulation.Client phone, Seen seen) {
    if (!seen.ids.isEmpty()) {
      phone.says("{\"ack\":" + seen.ids + ",\"group\":\"t\"}");
      seen.ids.clear();
    }
  }

  /** What one client knows. */
  private static final class Seen {
    final long seed;
    final List<Long> ids = new ArrayList<>();
    long last;
    boolean isSpilled;

    Seen(long seed) {
      this.seed = seed;
    }

    void take(List<String> frames) {
      ids.addAll(ids(frames));
      for (String each : brief(frames)) {
        if (each.startsWith("{")) {
          assertThat(each).startsWith("{\"acked\"");
        } else if (each.startsWith("spilled")) {
          assertThat(isSpilled).as("seed %d", seed).isFalse();
          assertThat(Long.parseLong(each.substring(7))).as("seed %d", seed).isEqualTo(last + 1);
          isSpilled = true;
        } else if (each.startsWith("live")) {
          assertThat(Long.parseLong(each.substring(4))).as("seed %d", seed).isEqualTo(last + 1);
          isSpilled = false;
        } else if (each.startsWith("gap")) {
          String[] range = each.substring(3).split("-");
          assertThat(Long.parseLong(range[0])).as("seed %d", seed).isEqualTo(last + 1);
          last = Long.parseLong(range[1]);
        } else {
          boolean isMessage = each.startsWith("m");
          assertThat(isMessage).as("seed %d", seed).isEqualTo(isSpilled);
          last++;
          assertThat(Long.parseLong(isMessage ? each.substring(1) : each))
              .as("seed %d", seed)
              .isEqualTo(last);
        }
      }
    }
  }
}
