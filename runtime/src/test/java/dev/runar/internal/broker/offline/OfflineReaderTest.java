package dev.runar.internal.broker.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.OfflineReader.Ending;
import dev.runar.internal.store.LogStore;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OfflineReaderTest extends OfflineFixture {
  private static final int PLENTY = 1 << 20;

  private final StoreInSteps store = new StoreInSteps();
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();

  private OfflineQueues queues(int window) {
    OfflineQueues queues = over(store, work::add, OfflineOptions.DEFAULT.withWindow(window));
    var _ = queues.join(PHONE);
    store.acknowledgeAll();
    return queues;
  }

  private void offer(OfflineQueues queues, String... texts) {
    for (String text : texts) {
      var _ = queues.offer(PHONE, Payload.of(text));
    }
  }

  private void run() {
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }

  @Test
  void whatWaitsComesFirstThenWhatIsOffered() {
    OfflineQueues queues = queues(10);
    offer(queues, "a", "b");
    store.acknowledgeAll();
    TakingClient phone = TakingClient.from(queues, PLENTY);
    run();
    assertThat(phone.texts()).containsExactly("a", "b");

    offer(queues, "c", "d");
    run();
    assertThat(phone.texts()).containsExactly("a", "b"); // nobody knows that it is on the disk
    store.acknowledge(1);
    run();
    assertThat(phone.texts()).containsExactly("a", "b", "c");
    store.acknowledge(1);
    run();
    assertThat(phone.texts()).containsExactly("a", "b", "c", "d");
    assertThat(phone.taken).allMatch(message -> message.deliveries() == 1);
  }

  @Test
  void theWindowOpensByAcknowledgements() {
    OfflineQueues queues = queues(2);
    offer(queues, "a", "b", "c", "d");
    store.acknowledgeAll();
    TakingClient phone = TakingClient.from(queues, PLENTY);
    run();
    assertThat(phone.texts()).containsExactly("a", "b");

    var answer = queues.acknowledge(PHONE, List.of(phone.id(1), 99L));
    run();
    assertThat(phone.texts()).containsExactly("a", "b"); // the store has not said so
    assertThat(answer).isNotDone();
    store.acknowledgeAll();
    run();
    assertThat(phone.texts()).containsExactly("a", "b", "c");
    assertThat(answer.join())
        .isEqualTo(new Acknowledged(List.of(phone.id(1)), List.of(99L), Level.MEMORY));
    assertThat(queues.acknowledge(PHONE, List.of(phone.id(0), phone.id(2)))).isNotNull();
    store.acknowledgeAll();
    run();
    assertThat(phone.texts()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void itTakesSoManyBytesAtOnceButOneMessageAlways() {
    OfflineQueues queues = queues(10);
    offer(queues, "a", "b".repeat(100), "c", "d");
    store.acknowledgeAll();
    var rounds = new ArrayList<Integer>();
    var reader = new ArrayList<OfflineReader>();
    var listener =
        new OfflineReader.Listener() {
          @Override
          public void ready() {
            reader.getFirst().next(40, some -> rounds.add(some.size()));
          }

          @Override
          public void ended(Ending why) {}
        };
    reader.add(queues.attach(PHONE, listener));
    reader.getFirst().begin();
    run();
    assertThat(rounds).containsExactly(1, 1, 2);
  }

  @Test
  void whatIsRefusedComesAgainAndNothingElseDoes() {
    OfflineQueues queues = queues(10);
    offer(queues, "a", "b");
    store.acknowledgeAll();
    TakingClient phone = TakingClient.from(queues, PLENTY);
    run();
    var answer = queues.refuse(PHONE, phone.id(0), "busy");
    run();
    assertThat(phone.texts()).containsExactly("a", "b"); // it is counted first
    store.acknowledgeAll();
    run();
    assertThat(answer.join()).contains(1);
    assertThat(phone.texts()).containsExactly("a", "b", "a");
    assertThat(phone.taken.get(2).isRedelivered()).isTrue();
    assertThat(phone.taken.get(2).deliveries()).isEqualTo(2);
  }

  @Test
  void whatWasNeverGivenCannotBeAcknowledged() {
    OfflineQueues queues = queues(1);
    offer(queues, "a", "b");
    store.acknowledgeAll();
    TakingClient phone = TakingClient.from(queues, PLENTY);
    run();
    long b = phone.id(0) + 1;
    var answer = queues.acknowledge(PHONE, List.of(b));
    store.acknowledgeAll();
    assertThat(answer.join().unknown()).containsExactly(b);
    assertThat(queues.refuse(PHONE, b, "no").join()).isEmpty();
    assertThat(queues.holding().messages()).isEqualTo(2);
  }

  @Test
  void aNewerReaderTakesTheQueueOver() {
    OfflineQueues queues = queues(10);
    offer(queues, "a");
    store.acknowledgeAll();
    TakingClient older = TakingClient.from(queues, PLENTY);
    run();
    TakingClient newer = TakingClient.from(queues, PLENTY);
    run();
    assertThat(older.endings).containsExactly(Ending.TAKEN_OVER);
    assertThat(newer.texts()).containsExactly("a");
    assertThat(newer.taken.getFirst().isRedelivered()).isTrue();
    older.reader.detach(); // is without effect
    offer(queues, "b");
    store.acknowledgeAll();
    run();
    assertThat(older.texts()).containsExactly("a");
    assertThat(newer.texts()).containsExactly("a", "b");
    newer.reader.detach();
    offer(queues, "c");
    store.acknowledgeAll();
    run();
    assertThat(newer.texts()).containsExactly("a", "b");
    assertThat(newer.endings).isEmpty();
  }

  @Test
  void whoWantsOnlyWhatWaitsNowIsToldOfTheEnd() {
    OfflineQueues queues = queues(10);
    offer(queues, "a", "b");
    store.acknowledgeAll();
    var once = new TakingClient(20); // one each time
    once.reader = queues.attach(PHONE, once);
    once.reader.beginUntilNow();
    offer(queues, "c");
    store.acknowledgeAll();
    run();
    assertThat(once.texts()).containsExactly("a", "b");
    assertThat(once.endings).containsExactly(Ending.DONE);
  }

  @Test
  void whoLeavesIsToldOfTheEnd() {
    OfflineQueues queues = queues(10);
    TakingClient phone = TakingClient.from(queues, PLENTY);
    var _ = queues.leave(PHONE);
    store.acknowledgeAll();
    run();
    assertThat(phone.endings).containsExactly(Ending.LEFT);
    assertThatThrownBy(() -> queues.attach(PHONE, phone))
        .isInstanceOf(RunarException.class)
        .hasMessageContaining("has not joined the group chat");
  }

  @Test
  void whatGaveWayToNewerMessagesOpensTheWindow() {
    OfflineQueues queues =
        over(
            store,
            work::add,
            OfflineOptions.DEFAULT.holding(2, PLENTY, FullPolicy.DROP_OLDEST).withWindow(2));
    var _ = queues.join(PHONE);
    offer(queues, "a", "b");
    store.acknowledgeAll();
    TakingClient phone = TakingClient.from(queues, PLENTY);
    run();
    offer(queues, "c", "d");
    store.acknowledgeAll();
    run();
    assertThat(phone.texts()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void itKeepsTheOrderWhileThreadsOffer() throws Exception {
    int messages = 3_000;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Store log = LogStore.open(folder.resolve("log"), Level.WRITTEN, 1 << 26, 100_000)) {
      OfflineQueues queues =
          over(
              log,
              threads,
              OfflineOptions.DEFAULT.holding(messages, 1 << 24, FullPolicy.REFUSE_NEW));
      var _ = queues.join(PHONE).join();
      TakingClient phone = TakingClient.from(queues, 1_000);
      threads.submit(
          () -> {
            for (int i = 0; i < messages; i++) {
              var _ = queues.offer(PHONE, Payload.of("" + i));
            }
          });
      int acknowledged = 0;
      while (acknowledged < messages) {
        int from = acknowledged;
        await().atMost(Duration.ofSeconds(60)).until(() -> phone.taken.size() > from);
        List<WaitingMessage> some = List.copyOf(phone.taken);
        var ids = some.subList(acknowledged, some.size()).stream().map(WaitingMessage::id).toList();
        assertThat(queues.acknowledge(PHONE, ids).join().done()).isEqualTo(ids);
        acknowledged = some.size();
      }
      for (int i = 0; i < messages; i++) {
        assertThat(phone.texts().get(i)).isEqualTo("" + i);
      }
      assertThat(queues.holding().messages()).isZero();
    }
  }
}
