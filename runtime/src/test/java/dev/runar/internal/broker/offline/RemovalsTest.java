package dev.runar.internal.broker.offline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.RunarException.Code;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.internal.store.LogStore;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes from offline queues while the store refuses it, and after a node was killed. */
@Timeout(60)
class RemovalsTest extends OfflineFixture {
  private final RefusingStore store = new RefusingStore();

  private static OfflineQueues joined(OfflineQueues queues) {
    assertThat(queues.join(PHONE).join()).isNotNull();
    return queues;
  }

  private static long offer(OfflineQueues queues, String text) {
    return offer(queues, PHONE, text);
  }

  private static List<String> texts(OfflineQueues queues) {
    return texts(queues, PHONE);
  }

  private static void assertOverloaded(CompletableFuture<?> future) {
    assertFails(future::join, Code.OVERLOADED);
  }

  @Test
  void anAcknowledgementThatTheStoreRefusesCanBeMadeAgain() {
    OfflineQueues queues = joined(over(store, OfflineOptions.DEFAULT));
    long a = offer(queues, "a");
    assertThat(texts(queues)).containsExactly("a");
    store.isRefusing = true;
    assertOverloaded(queues.ack(PHONE, a));
    assertOverloaded(queues.acknowledge(PHONE, List.of(a)));
    assertThat(texts(queues)).containsExactly("a");
    assertThat(queues.stats().of(Outcome.ACKNOWLEDGED)).isZero();

    store.isRefusing = false;
    assertThat(queues.ack(PHONE, a).join()).contains(Level.MEMORY);
    assertThat(queues.ack(PHONE, a).join()).isEmpty();
    assertThat(queues.stats().of(Outcome.ACKNOWLEDGED)).isEqualTo(1);
    assertThat(texts(over(store, OfflineOptions.DEFAULT))).isEmpty();
  }

  @Test
  void twoAcknowledgementsOfOneMessageEndTogether() {
    var slow = new StoreInSteps();
    OfflineQueues queues = over(slow, OfflineOptions.DEFAULT);
    var _ = queues.join(PHONE);
    var offered = queues.offer(PHONE, Payload.of("a"));
    slow.acknowledgeAll();
    assertThat(texts(queues)).containsExactly("a");
    long id = offered.join().id();
    var one = queues.ack(PHONE, id);
    var two = queues.acknowledge(PHONE, List.of(id));
    assertThat(texts(queues)).isEmpty(); // its client has it already
    assertThat(queues.nack(PHONE, id, "late").join()).isEmpty();
    assertThat(one).isNotDone();
    assertThat(two).isNotDone();
    assertThat(queues.holding().messages()).isEqualTo(1);
    slow.acknowledgeAll();
    assertThat(one.join()).contains(Level.MEMORY);
    assertThat(two.join().done()).containsExactly(id);
    assertThat(queues.holding().messages()).isZero();
    assertThat(queues.stats().of(Outcome.ACKNOWLEDGED)).isEqualTo(1);
  }

  @Test
  void whoCouldNotLeaveIsStillAMember() {
    OfflineQueues queues = joined(over(store, OfflineOptions.DEFAULT));
    long _ = offer(queues, "a");
    store.isRefusing = true;
    assertOverloaded(queues.leave(PHONE));
    assertThat(queues.members("chat")).containsExactly(PHONE);
    assertThat(texts(queues)).containsExactly("a");

    store.isRefusing = false;
    assertThat(queues.leave(PHONE).join()).isEqualTo(Level.MEMORY);
    assertThat(queues.members("chat")).isEmpty();
    assertThat(store.queues()).isEmpty();
  }

  @Test
  void whoJoinsWhileItLeavesJoinsAgain() {
    var slow = new StoreInSteps();
    OfflineQueues queues = over(slow, OfflineOptions.DEFAULT);
    var _ = queues.join(PHONE);
    var _ = queues.offer(PHONE, Payload.of("a"));
    slow.acknowledgeAll();
    var left = queues.leave(PHONE);
    var joined = queues.join(PHONE);
    assertThat(queues.leave(PHONE)).isNotDone();
    slow.acknowledgeAll();
    assertThat(left).isCompleted();
    assertThat(joined).isCompleted();
    assertThat(queues.members("chat")).containsExactly(PHONE);
    assertThat(texts(queues)).isEmpty();
  }

  @Test
  void theStoreIsAskedAgainToRemoveWhatNobodyWaitsFor() {
    OfflineQueues queues =
        joined(over(store, OfflineOptions.DEFAULT.waiting(Duration.ofMinutes(1))));
    long a = offer(queues, "a");
    assertThat(queues.nack(PHONE, a, "busy").join()).isEqualTo(Optional.of(1));
    clock.pass(Duration.ofSeconds(61));
    store.isRefusing = true;
    queues.expire();
    assertThat(queues.holding().messages()).isZero();
    assertThat(store.counts().entries()).isEqualTo(3); // the member, the message, its count
    store.isRefusing = false;
    queues.expire();
    assertThat(store.queues()).containsExactly("members");
  }

  @Test
  void theOldestGoesOnlyWhenTheStoreHasTheNewOne() {
    OfflineQueues queues =
        joined(over(store, OfflineOptions.DEFAULT.holding(2, 1_000, FullPolicy.DROP_OLDEST)));
    long _ = offer(queues, "a");
    long _ = offer(queues, "b");
    store.isRefusing = true;
    assertOverloaded(queues.offer(PHONE, Payload.of("c")));
    assertThat(texts(queues)).containsExactly("a", "b");
    assertThat(queues.stats().of(Outcome.DROPPED)).isZero();
    assertThat(queues.holding().messages()).isEqualTo(2);

    store.isRefusing = false;
    long _ = offer(queues, "d");
    assertThat(texts(queues)).containsExactly("b", "d");
    assertThat(queues.stats().of(Outcome.DROPPED)).isEqualTo(1);
  }

  @Test
  void eachOfSeveralNewOnesHasItsOwnPlace() {
    var slow = new StoreInSteps();
    OfflineQueues queues =
        over(slow, OfflineOptions.DEFAULT.holding(2, 1_000, FullPolicy.DROP_OLDEST));
    var _ = queues.join(PHONE);
    var a = queues.offer(PHONE, Payload.of("a"));
    var _ = queues.offer(PHONE, Payload.of("b"));
    slow.acknowledgeAll();
    var _ = queues.offer(PHONE, Payload.of("c"));
    var _ = queues.offer(PHONE, Payload.of("d"));
    assertThat(queues.offer(PHONE, Payload.of("e"))).isCompletedExceptionally(); // both are taken
    assertThat(texts(queues)).containsExactly("a", "b");
    var _ = queues.ack(PHONE, a.join().id());
    slow.acknowledgeAll();
    assertThat(texts(queues)).containsExactly("c", "d");
    assertThat(queues.holding()).isEqualTo(new OfflineQueues.Holding(1, 2, 2 * 13));
  }

  private static byte[] message(String text) {
    return new MessageForm(1_000_000, Payload.of(text)).bytes();
  }

  @Test
  void whoLeftDoesNotComeBackWhenTheNodeWasKilled() {
    long joined = store.append(List.of("members"), "chat/ann/phone".getBytes(UTF_8)).join().id();
    var names = List.of("messages/chat/ann/phone");
    long id = store.append(names, message("a")).join().id();
    var _ = store.append(List.of("rejected/chat/ann/phone"), Restore.count(id, 1));
    var _ = store.remove("members", List.of(joined)); // and the node was killed here

    OfflineQueues queues = over(store, OfflineOptions.DEFAULT);
    assertThat(queues.members("chat")).isEmpty();
    assertThat(queues.stats().of(Outcome.LEFT)).isEqualTo(1);
    assertThat(store.queues()).isEmpty();
  }

  @Test
  void alsoWhenTheEndOfTheLogIsTorn() throws IOException {
    Path place = folder.resolve("store");
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      long joined = log.append(List.of("members"), "chat/ann/phone".getBytes(UTF_8)).join().id();
      long _ = log.append(List.of("messages/chat/ann/phone"), message("a")).join().id();
      assertThat(log.remove("members", List.of(joined)).join()).isEqualTo(Level.SYNCED);
    }
    Path file = place.resolve("0000000000000001.log");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      assertThat(log.findings().damages()).isNotEmpty();
      OfflineQueues queues = over(log, OfflineOptions.DEFAULT);
      assertThat(queues.members("chat")).isEmpty();
    }
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      assertThat(log.queues()).isEmpty();
    }
  }

  @Test
  void whoseJoinIsDamagedKeepsItsMessages() throws IOException {
    Path place = folder.resolve("store");
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      OfflineQueues queues = joined(over(log, OfflineOptions.DEFAULT));
      long _ = offer(queues, "a");
    }
    Path file = place.resolve("0000000000000001.log");
    byte[] bytes = Files.readAllBytes(file);
    bytes[new String(bytes, ISO_8859_1).indexOf("chat/ann/phone")]++; // of what says that it joined
    Files.write(file, bytes);
    for (int life = 0; life < 2; life++) {
      try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
        OfflineQueues queues = over(log, OfflineOptions.DEFAULT);
        assertThat(queues.members("chat")).containsExactly(PHONE);
        assertThat(texts(queues)).containsExactly("a");
      }
    }
  }
}
