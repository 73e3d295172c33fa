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
import dev.runar.spi.Clock;
import dev.runar.spi.Store;
import dev.runar.spi.Store.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OfflineReaderTest {
  private static final QueueKey PHONE = new QueueKey("chat", "ann", "phone");
  private static final int PLENTY = 1 << 20;

  @TempDir Path folder;

  private final StoreInSteps store = new StoreInSteps();
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();

  private static OfflineQueues over(Store held, Executor work, OfflineOptions options) {
    return new OfflineQueues(
        options,
        new OfflineQueues.Parts(
            held, Clock.system(), work, letter -> CompletableFuture.completedFuture(null)));
  }

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

  /** A client that takes what there is as soon as it is told. */
  private static final class Taking implements OfflineReader.Listener {
    final List<WaitingMessage> taken = new CopyOnWriteArrayList<>();
    final List<Ending> endings = new CopyOnWriteArrayList<>();
    private final int bytes;
    private volatile OfflineReader reader;

    Taking(int bytes) {
      this.bytes = bytes;
    }

    static Taking from(OfflineQueues queues, int bytes) {
      var taking = new Taking(bytes);
      taking.reader = queues.attach(PHONE, taking);
      taking.reader.begin();
      return taking;
    }

    @Override
    public void ready() {
      reader.next(bytes, taken::addAll);
    }

    @Override
    public void ended(Ending why) {
      endings.add(why);
    }

    List<String> texts() {
      return taken.stream().map(each -> each.payload().orElseThrow().asString()).toList();
    }

    long id(int index) {
      return taken.get(index).id();
    }
  }

  @Test
  void whatWaitsComesFirstThenWhatIsOffered() {
    OfflineQueues queues = queues(10);
    offer(queues, "a", "b");
    store.acknowledgeAll();
    Taking phone = Taking.from(queues, PLENTY);
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
    Taking phone = Taking.from(queues, PLENTY);
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
    Taking phone = Taking.from(queues, PLENTY);
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
    Taking phone = Taking.from(queues, PLENTY);
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
    Taking older = Taking.from(queues, PLENTY);
    run();
    Taking newer = Taking.from(queues, PLENTY);
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
    var once = new Taking(20); // one each time
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
    Taking phone = Taking.from(queues, PLENTY);
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
    Taking phone = Taking.from(queues, PLENTY);
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
      Taking phone = Taking.from(queues, 1_000);
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

  /** Random lives of a client and its queue, with restarts of the node between. */
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
    private Taking client;
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
      client = Taking.from(queues, random.nextBoolean() ? PLENTY : 1);
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
