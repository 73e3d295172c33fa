package dev.runar.internal.broker.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineQueues.Holding;
import dev.runar.internal.broker.offline.OfflineQueues.Published;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What happens to a thousand queues at a time lets others in between, as event loops come to the
 * queues too.
 */
@Timeout(60)
class ManyQueuesTest {
  private static final int QUEUES = 1_000;

  private final WatchedStore store = new WatchedStore();
  private final TurnedClock clock = new TurnedClock();

  /** What the store was asked for: "append 200" to so many queues, "remove 3" so many entries. */
  private final List<String> asked = new ArrayList<>();

  /** What another thread has seen while the store was asked to remove something. */
  private final List<Holding> seen = new ArrayList<>();

  private static final class TurnedClock implements Clock {
    long ms = 1_000_000;

    @Override
    public long nanos() {
      return ms * 1_000_000;
    }

    @Override
    public long wallMs() {
      return ms;
    }
  }

  private OfflineQueues queues(OfflineOptions options, int members) {
    var queues =
        new OfflineQueues(
            options,
            new OfflineQueues.Parts(
                store, clock, Runnable::run, letter -> CompletableFuture.completedFuture(null)));
    for (int i = 0; i < members; i++) {
      assertThat(queues.join(new QueueKey("chat", "user" + i, "phone")).join()).isNotNull();
    }
    store.appending = names -> asked.add("append " + names.size());
    store.removing = (name, ids) -> removing(queues, ids);
    return queues;
  }

  private void removing(OfflineQueues queues, Collection<Long> ids) {
    asked.add("remove " + ids.size());
    if (seen.size() < 3) {
      seen.add(fromElsewhere(queues));
    }
  }

  /** Asks as an event loop would, which must not wait for what happens here. */
  private static Holding fromElsewhere(OfflineQueues queues) {
    return CompletableFuture.supplyAsync(queues::holding)
        .completeOnTimeout(new Holding(-1, -1, -1), 3, TimeUnit.SECONDS)
        .join();
  }

  private static Published publish(OfflineQueues queues, String text) {
    return queues.publish("chat", null, Payload.of(text)).join();
  }

  private void expireAll() {
    clock.ms += OfflineOptions.DEFAULT.ttl().toMillis() + 1;
  }

  @Test
  void thoseThatExpireTogetherGoQueueByQueue() {
    OfflineQueues queues = queues(OfflineOptions.DEFAULT, QUEUES);
    publish(queues, "a");
    publish(queues, "b");
    publish(queues, "c");
    assertThat(queues.holding().messages()).isEqualTo(3 * QUEUES);

    asked.clear();
    expireAll();
    queues.expire();
    assertThat(asked).hasSize(QUEUES).containsOnly("remove 3");
    assertThat(seen).extracting(Holding::messages).containsExactly(2_997L, 2_994L, 2_991L);
    assertThat(queues.holding().messages()).isZero();
    assertThat(queues.stats().of(Outcome.EXPIRED)).isEqualTo(3 * QUEUES);
    assertThat(store.counts().entries()).isEqualTo(QUEUES); // those that say who has joined
  }

  @Test
  void aMessageForAllTakesTwoHundredAtATime() {
    OfflineQueues queues = queues(OfflineOptions.DEFAULT, QUEUES);
    publish(queues, "old");
    expireAll();

    asked.clear();
    Published published = publish(queues, "new");
    assertThat(published.taken()).hasSize(QUEUES);
    assertThat(published.refused()).isEmpty();
    var expected = new ArrayList<String>();
    for (int i = 0; i < QUEUES / 200; i++) {
      expected.add("append 200");
      expected.addAll(Collections.nCopies(200, "remove 1"));
    }
    assertThat(asked).isEqualTo(expected);
    assertThat(seen).extracting(Holding::messages).containsOnly(1_000L); // 200 new, 800 old
  }

  @Test
  void whoHasNoRoomIsNamed() {
    OfflineQueues queues =
        queues(OfflineOptions.DEFAULT.holding(1, 1 << 20, FullPolicy.REFUSE_NEW), 500);
    assertThat(queues.offer(new QueueKey("chat", "user7", "phone"), Payload.of("a")).join())
        .isNotNull();
    Published published = publish(queues, "b");
    assertThat(published.taken()).hasSize(499);
    assertThat(published.refused()).containsExactly(new QueueKey("chat", "user7", "phone"));
  }
}
