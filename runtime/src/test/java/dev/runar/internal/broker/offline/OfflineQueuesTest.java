package dev.runar.internal.broker.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.RunarException.Code;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineStats.Outcome;
import dev.runar.internal.store.LogStore;
import dev.runar.internal.store.MemoryStore;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OfflineQueuesTest extends OfflineFixture {
  private final Store store = MemoryStore.bounded(1L << 30, 1_000_000);

  private OfflineQueues queues() {
    return over(store, OfflineOptions.DEFAULT);
  }

  @Test
  void messagesWaitInOrderUntilTheyAreAcknowledged_S1_5() {
    OfflineQueues queues = queues();
    join(queues, PHONE);
    long a = offer(queues, PHONE, "a");
    long b = offer(queues, PHONE, "b");

    assertThat(texts(queues, PHONE)).containsExactly("a", "b");
    assertThat(queues.ack(PHONE, a).join()).contains(Level.MEMORY);
    assertThat(queues.ack(PHONE, a).join()).isEmpty();
    assertThat(texts(queues, PHONE)).containsExactly("b");
    assertThat(queues.ack(PHONE, b).join()).isPresent();
    assertThat(queues.holding()).isEqualTo(new OfflineQueues.Holding(1, 0, 0));
  }

  @Test
  void eachClientOfAUserAcknowledgesForItself_S1_5() {
    OfflineQueues queues = queues();
    join(queues, PHONE, LAPTOP, BOB);
    var published = queues.publish("chat", "bob", Payload.of("hi")).join();

    assertThat(published.taken()).containsExactlyInAnyOrder(PHONE, LAPTOP);
    assertThat(texts(queues, BOB)).isEmpty();
    long id = waiting(queues, PHONE).get(0).id();
    assertThat(queues.ack(PHONE, id).join()).isPresent();
    assertThat(texts(queues, PHONE)).isEmpty();
    assertThat(texts(queues, LAPTOP)).containsExactly("hi");
    assertThat(store.counts().entries()).isEqualTo(3 + 1);
  }

  @Test
  void unacknowledgedMessagesSurviveARestartOfTheNode_S1_5() {
    Path place = folder.resolve("store");
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      OfflineQueues queues = over(log, OfflineOptions.DEFAULT);
      join(queues, PHONE, LAPTOP);
      var _ = queues.publish("chat", null, Payload.of("one")).join();
      long two = offer(queues, PHONE, "two");
      assertThat(queues.ack(PHONE, two).join()).contains(Level.SYNCED);
      assertThat(waiting(queues, PHONE).get(0).isRedelivered()).isFalse();
    }
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      OfflineQueues queues = over(log, OfflineOptions.DEFAULT);
      assertThat(queues.members("chat")).containsExactlyInAnyOrder(PHONE, LAPTOP);
      assertThat(texts(queues, PHONE)).containsExactly("one");
      WaitingMessage message = waiting(queues, LAPTOP).get(0);
      assertThat(message.isRedelivered()).isTrue();
      assertThat(message.offeredAtMs()).isEqualTo(clock.wallMs());
      assertThat(offer(queues, PHONE, "three")).isGreaterThan(message.id());
    }
  }

  @Test
  void whoHasNotJoinedIsToldSo() {
    OfflineQueues queues = queues();
    assertFails(() -> offer(queues, PHONE, "a"), Code.NOT_FOUND);
    assertFails(() -> waiting(queues, PHONE), Code.NOT_FOUND);
    assertThat(queues.ack(PHONE, 1).join()).isEmpty();
    assertThat(queues.nack(PHONE, 1, "why").join()).isEmpty();
    assertThat(queues.publish("chat", null, Payload.of("x")).join().taken()).isEmpty();
    assertThat(queues.leave(PHONE).join()).isEqualTo(Level.MEMORY);
  }

  @Test
  void aClientThatLeavesTakesItsMessagesWithIt() {
    OfflineQueues queues = queues();
    join(queues, PHONE, BOB);
    var _ = queues.publish("chat", null, Payload.of("hi")).join();
    assertThat(queues.leave(PHONE).join()).isEqualTo(Level.MEMORY);

    assertThat(queues.members("chat")).containsExactly(BOB);
    assertThat(queues.stats().of(Outcome.LEFT)).isEqualTo(1);
    assertThat(queues.holding().messages()).isEqualTo(1);
    OfflineQueues again = queues();
    assertThat(again.members("chat")).containsExactly(BOB);
    join(again, PHONE);
    assertThat(texts(again, PHONE)).isEmpty();
  }

  @Test
  void whatIsGivenAgainSaysSo() {
    OfflineQueues queues = queues();
    join(queues, PHONE);
    long a = offer(queues, PHONE, "a");

    WaitingMessage first = waiting(queues, PHONE).get(0);
    assertThat(first.deliveries()).isEqualTo(1);
    assertThat(first.isRedelivered()).isFalse();
    assertThat(queues.nack(PHONE, a, "busy").join()).contains(1);
    WaitingMessage second = waiting(queues, PHONE).get(0);
    assertThat(second.deliveries()).isEqualTo(2);
    assertThat(second.isRedelivered()).isTrue();
  }

  @Test
  void aPoisonMessageBecomesADeadLetterWithItsCause_P5() {
    OfflineQueues queues = over(store, OfflineOptions.DEFAULT.burying(3, "dead"));
    join(queues, PHONE);
    long bad = offer(queues, PHONE, "bad");
    long good = offer(queues, PHONE, "good");
    for (int i = 1; i <= 2; i++) {
      assertThat(queues.nack(PHONE, bad, "no " + i).join()).contains(i);
    }
    OfflineQueues after = over(store, OfflineOptions.DEFAULT.burying(3, "dead")); // a restart
    assertThat(waiting(after, PHONE).get(0).deliveries()).isEqualTo(3);
    assertThat(after.nack(PHONE, bad, "no 3").join()).contains(3);

    assertThat(letters)
        .containsExactly(new DeadLetter(PHONE, bad, letters.get(0).payload(), 3, "no 3"));
    assertThat(letters.get(0).payload().asString()).isEqualTo("bad");
    assertThat(waiting(after, PHONE).stream().map(WaitingMessage::id)).containsExactly(good);
    assertThat(after.stats().of(Outcome.BURIED)).isEqualTo(1);
    assertThat(store.queues()).containsExactlyInAnyOrder("members", "messages/chat/ann/phone");
  }

  @Test
  void aDeadLetterThatNobodyTakesStays() {
    OfflineQueues queues = over(store, OfflineOptions.DEFAULT.burying(1, "dead"));
    join(queues, PHONE);
    long bad = offer(queues, PHONE, "bad");
    isGraveOpen = false;
    assertThat(queues.nack(PHONE, bad, "no").join()).contains(1);
    assertThat(queues.stats().of(Outcome.UNBURIED)).isEqualTo(1);
    assertThat(texts(queues, PHONE)).containsExactly("bad");
    isGraveOpen = true;
    assertThat(queues.nack(PHONE, bad, "no").join()).contains(2);
    assertThat(texts(queues, PHONE)).isEmpty();
  }

  @Test
  void aFullQueueRefusesTheNew() {
    OfflineQueues queues =
        over(store, OfflineOptions.DEFAULT.holding(2, 1_000, FullPolicy.REFUSE_NEW));
    join(queues, PHONE, BOB);
    long _ = offer(queues, PHONE, "a");
    long _ = offer(queues, PHONE, "b");
    assertFails(() -> offer(queues, PHONE, "c"), Code.OVERLOADED);
    var published = queues.publish("chat", null, Payload.of("d")).join();
    assertThat(published.taken()).containsExactly(BOB);
    assertThat(published.refused()).containsExactly(PHONE);
    assertThat(texts(queues, PHONE)).containsExactly("a", "b");
    assertThat(queues.stats().of(Outcome.REFUSED)).isEqualTo(2);
  }

  @Test
  void orDropsTheOldest() {
    OfflineQueues queues =
        over(store, OfflineOptions.DEFAULT.holding(10, 100, FullPolicy.DROP_OLDEST));
    join(queues, PHONE);
    for (String text : List.of("a", "b", "c", "d")) {
      long _ = offer(queues, PHONE, text + "x".repeat(17)); // 30 bytes with its head
    }
    assertThat(texts(queues, PHONE))
        .extracting(text -> text.charAt(0))
        .containsExactly('b', 'c', 'd');
    assertThat(queues.stats().of(Outcome.DROPPED)).isEqualTo(1);
    assertFails(() -> offer(queues, PHONE, "x".repeat(200)), Code.OVERLOADED);
    assertThat(texts(queues, PHONE)).hasSize(3);
    assertThat(queues.holding().bytes()).isEqualTo(90);
  }

  @Test
  void allQueuesTogetherAreBounded() {
    OfflineQueues queues = over(store, OfflineOptions.DEFAULT.holdingInAll(2, 1_000, 2));
    join(queues, PHONE, BOB);
    assertFails(() -> join(queues, LAPTOP), Code.OVERLOADED);
    assertThat(queues.publish("chat", null, Payload.of("a")).join().taken()).hasSize(2);
    assertFails(() -> offer(queues, PHONE, "b"), Code.OVERLOADED);
    assertThat(queues.leave(BOB).join()).isNotNull();
    assertThat(offer(queues, PHONE, "b")).isPositive();
  }

  @Test
  void whatWaitsForTooLongExpires() {
    OfflineQueues queues = over(store, OfflineOptions.DEFAULT.waiting(Duration.ofMinutes(1)));
    join(queues, PHONE);
    long _ = offer(queues, PHONE, "old");
    clock.pass(Duration.ofSeconds(40));
    long _ = offer(queues, PHONE, "new");
    clock.pass(Duration.ofSeconds(30));
    assertThat(texts(queues, PHONE)).containsExactly("new");
    clock.pass(Duration.ofSeconds(60));
    queues.expire();
    assertThat(queues.holding().messages()).isZero();
    assertThat(queues.stats().of(Outcome.EXPIRED)).isEqualTo(2);
    assertThat(texts(queues(), PHONE)).isEmpty();
  }

  @Test
  void aMessageThatTheDiskHasDamagedIsNamed() throws Exception {
    Path place = folder.resolve("store");
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      OfflineQueues queues = over(log, OfflineOptions.DEFAULT);
      join(queues, PHONE);
      long _ = offer(queues, PHONE, "one");
      long _ = offer(queues, PHONE, "damage me");
      long _ = offer(queues, PHONE, "three");
    }
    Path file = place.resolve("0000000000000001.log");
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("damage")]++;
    Files.write(file, bytes);
    try (Store log = LogStore.open(place, Level.SYNCED, 1 << 20, 1_000)) {
      OfflineQueues queues = over(log, OfflineOptions.DEFAULT);
      List<WaitingMessage> waiting = waiting(queues, PHONE);
      assertThat(waiting).hasSize(3);
      assertThat(waiting.get(1).payload()).isEmpty();
      assertThat(queues.stats().of(Outcome.DAMAGED)).isEqualTo(1);
      assertThat(queues.ack(PHONE, waiting.get(1).id()).join()).isPresent();
      assertThat(texts(queues, PHONE)).containsExactly("one", "three");
    }
  }

  @Test
  void whoReadsWhileOthersOfferMissesNothing() {
    try (Store log = LogStore.open(folder.resolve("store"), Level.WRITTEN, 1 << 24, 100_000)) {
      OfflineQueues queues =
          over(log, OfflineOptions.DEFAULT.holding(5_000, 1 << 22, FullPolicy.REFUSE_NEW));
      join(queues, PHONE);
      Thread _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < 3_000; i++) {
                      var _ = queues.offer(PHONE, Payload.of("" + i));
                    }
                  });
      var read = new ArrayList<String>();
      long last = 0;
      while (read.size() < 3_000) {
        for (WaitingMessage message : queues.unacked(PHONE, last, 50).join()) {
          assertThat(message.id()).isGreaterThan(last);
          last = message.id();
          read.add(message.payload().orElseThrow().asString());
        }
      }
      assertThat(read).hasSize(3_000);
      for (int i = 0; i < 3_000; i++) {
        assertThat(read.get(i)).isEqualTo("" + i);
      }
    }
  }

  @Test
  void keysAreAnyTextAndStayApart() {
    OfflineQueues queues = queues();
    var one = new QueueKey("a/b", "c", "%2F");
    var two = new QueueKey("a", "b/c", "%252F");
    join(queues, one, two);
    long _ = offer(queues, one, "1");
    long _ = offer(queues, two, "2");
    OfflineQueues again = queues();
    assertThat(texts(again, one)).containsExactly("1");
    assertThat(texts(again, two)).containsExactly("2");
    assertFails(() -> new QueueKey("", "u", "c"), Code.INVALID_INPUT);
    assertFails(() -> new QueueKey("g", "u", "c".repeat(201)), Code.INVALID_INPUT);
    assertFails(() -> new QueueKey("g", "u\ud800", "c"), Code.INVALID_INPUT);
    assertThat(QueueKey.parse(new QueueKey("\ud83d\ude00", "u", "c").text())).isPresent();
  }
}
