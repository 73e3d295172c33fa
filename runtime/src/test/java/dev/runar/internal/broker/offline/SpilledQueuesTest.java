package dev.runar.internal.broker.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineReader.Ending;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.spi.Clock;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues that no service has joined, as publications of a topic spilled into them. */
@Timeout(60)
class SpilledQueuesTest {
  private static final QueueKey PHONE = new QueueKey("news", "ann", "phone");

  private final WatchedStore store = new WatchedStore();
  private OfflineQueues queues = open(OfflineOptions.DEFAULT);

  private OfflineQueues open(OfflineOptions options) {
    return new OfflineQueues(
        options,
        new OfflineQueues.Parts(
            store,
            Clock.system(),
            Runnable::run,
            letter -> CompletableFuture.completedFuture(null)));
  }

  private QueueHold spill(QueueKey key) {
    return queues.spill(key).orElseThrow();
  }

  private long offer(QueueKey key, String text) {
    return queues.offer(key, Payload.of(text)).join().id();
  }

  private static final class Listening implements OfflineReader.Listener {
    final List<Ending> endings = new ArrayList<>();

    @Override
    public void ready() {}

    @Override
    public void ended(Ending why) {
      endings.add(why);
    }
  }

  @Test
  void oneGoesWhenNothingWaitsAndNothingSpills() {
    QueueHold hold = spill(PHONE);
    long first = offer(PHONE, "a");
    queues.expire();
    hold.end();
    queues.expire();
    assertThat(queues.members("news")).containsExactly(PHONE); // it has a message

    assertThat(queues.ack(PHONE, first).join()).isPresent();
    assertThat(queues.members("news")).containsExactly(PHONE);
    queues.expire();
    assertThat(queues.members("news")).isEmpty();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void oneStaysWhilePublicationsSpillIntoIt() {
    QueueHold hold = spill(PHONE);
    QueueHold other = spill(PHONE);
    queues.expire();
    hold.end();
    queues.expire();
    assertThat(queues.members("news")).containsExactly(PHONE);
    other.end();
    queues.expire();
    assertThat(queues.members("news")).isEmpty();
  }

  @Test
  void aRestartRemembersWhatBeganIt() {
    QueueHold _ = spill(PHONE);
    long first = offer(PHONE, "a");
    QueueKey laptop = new QueueKey("news", "ann", "laptop");
    assertThat(queues.join(laptop).join()).isNotNull();

    queues = open(OfflineOptions.DEFAULT);
    queues.expire();
    assertThat(queues.members("news")).containsExactlyInAnyOrder(PHONE, laptop);
    assertThat(queues.ack(PHONE, first).join()).isPresent();
    queues.expire();
    assertThat(queues.members("news")).containsExactly(laptop);

    queues = open(OfflineOptions.DEFAULT);
    assertThat(queues.members("news")).containsExactly(laptop);
  }

  @Test
  void aServiceThatJoinsItKeepsIt() {
    spill(PHONE).end();
    assertThat(queues.join(PHONE).join()).isNotNull();
    queues.expire();
    assertThat(queues.members("news")).containsExactly(PHONE);
    assertThat(store.counts().entries()).isEqualTo(1);

    queues = open(OfflineOptions.DEFAULT);
    queues.expire();
    assertThat(queues.members("news")).containsExactly(PHONE);
    assertThat(queues.leave(PHONE).join()).isNotNull();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void aServiceThatCannotJoinItChangesNothing() {
    spill(PHONE).end();
    store.appending =
        names -> {
          throw new StoreException(Reason.FULL, "full");
        };
    assertThat(queues.join(PHONE)).isCompletedExceptionally();
    assertThat(queues.members("news")).containsExactly(PHONE);
    queues.expire();
    assertThat(queues.members("news")).isEmpty();
    assertThat(store.counts().entries()).isZero();
  }

  @Test
  void oneUserHasAHundredOfThem() {
    var holds = new ArrayList<QueueHold>();
    for (int i = 0; i < SpillShare.QUEUES; i++) {
      holds.add(spill(new QueueKey("topic" + i, "ann", "phone" + i % 7)));
    }
    assertThat(queues.spill(PHONE)).isEmpty();
    assertThat(queues.spill(new QueueKey("topic5", "ann", "phone5"))).isPresent(); // it is there
    assertThat(queues.spill(new QueueKey("news", "bob", "phone"))).isPresent();
    assertThat(queues.join(PHONE).join()).isNotNull(); // a service decides for itself
    assertThat(queues.leave(PHONE).join()).isNotNull();

    holds.getFirst().end();
    queues.expire();
    assertThat(queues.spill(PHONE)).isPresent();
  }

  @Test
  void theyTakeAnEighthOfTheBytesOfAll() {
    queues = open(withTotalBytes(16_000));
    QueueHold _ = spill(PHONE);
    QueueKey tablet = new QueueKey("news", "ann", "tablet");
    QueueHold _ = spill(tablet);
    String kilobyte = "x".repeat(900);
    long first = offer(PHONE, kilobyte);
    offer(tablet, kilobyte);
    assertThat(queues.offer(tablet, Payload.of(kilobyte))).isCompletedExceptionally();
    assertThat(queues.stats().of(Outcome.REFUSED)).isEqualTo(1);

    QueueKey bob = new QueueKey("news", "bob", "phone");
    QueueHold _ = spill(bob);
    offer(bob, kilobyte);
    assertThat(queues.ack(PHONE, first).join()).isPresent();
    offer(tablet, kilobyte);

    assertThat(queues.join(tablet).join()).isNotNull(); // its bytes are the service's now
    offer(PHONE, kilobyte);
    offer(PHONE, kilobyte);
    assertThat(queues.offer(PHONE, Payload.of(kilobyte))).isCompletedExceptionally();
    assertThat(queues.holding().messages()).isEqualTo(5);
  }

  private static OfflineOptions withTotalBytes(long bytes) {
    OfflineOptions usual = OfflineOptions.DEFAULT;
    return new OfflineOptions(
        usual.path(),
        usual.level(),
        usual.messages(),
        2_000,
        usual.totalMessages(),
        bytes,
        usual.queues(),
        usual.ttl(),
        usual.full(),
        usual.deliveries(),
        usual.deadLetters(),
        usual.window());
  }

  @Test
  void whoHasAskedForItsMessagesKeepsIt() {
    spill(PHONE).end();
    var asked = new Listening();
    OfflineReader reader = queues.attach(PHONE, asked);
    reader.begin();
    queues.expire();
    assertThat(asked.endings).isEmpty();
    reader.detach();
    queues.expire();
    assertThat(queues.members("news")).isEmpty();

    spill(PHONE).end();
    var spilled = new Listening();
    queues.attach(PHONE, spilled).beginForSpill();
    queues.expire();
    assertThat(spilled.endings).containsExactly(Ending.EMPTY);
    assertThat(queues.members("news")).isEmpty();
  }
}
