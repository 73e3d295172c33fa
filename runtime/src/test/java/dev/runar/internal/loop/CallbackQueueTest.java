package dev.runar.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CallbackQueueTest {
  private static final RunarException GONE = new RunarException(Code.CONTEXT_GONE, "gone");

  /** Remembers what became of it. */
  private static final class Probe implements Callback {
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger abandons = new AtomicInteger();
    final int size;

    Probe(int size) {
      this.size = size;
    }

    @Override
    public void run() {
      runs.incrementAndGet();
    }

    @Override
    public void abandon(RunarException reason) {
      abandons.incrementAndGet();
    }

    @Override
    public int size() {
      return size;
    }
  }

  @Test
  void offer_whenEmpty() {
    var wakeUps = new AtomicInteger();
    var queue = new CallbackQueue(2, 100, wakeUps::incrementAndGet);
    assertThat(queue.trySleep()).isTrue();

    assertThat(queue.offer(new Probe(10))).isEqualTo(Delivery.QUEUED);

    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.sizeBytes()).isEqualTo(10);
    assertThat(wakeUps).hasValue(1);
  }

  @Test
  void aFullQueueRefusesAndSaysSo() {
    var queue = new CallbackQueue(1, 100, () -> {});
    assertThat(queue.offer(new Probe(0))).isEqualTo(Delivery.QUEUED);

    assertThat(queue.offer(new Probe(0))).isEqualTo(Delivery.FULL);

    assertThat(queue.counts()).isEqualTo(new CallbackQueue.Counts(1, 0, 1, 0));
  }

  @Test
  void offer_whenBytesAreUsedUp() {
    var queue = new CallbackQueue(10, 100, () -> {});
    assertThat(queue.offer(new Probe(60))).isEqualTo(Delivery.QUEUED);

    assertThat(queue.offer(new Probe(41))).isEqualTo(Delivery.FULL);
    assertThat(queue.offer(new Probe(40))).isEqualTo(Delivery.QUEUED);
  }

  @Test
  void offer_whenOneCallbackIsLargerThanTheBound() {
    var queue = new CallbackQueue(10, 100, () -> {});

    assertThat(queue.offer(new Probe(101))).isEqualTo(Delivery.QUEUED);

    assertThat(queue.offer(new Probe(0))).isEqualTo(Delivery.FULL);
  }

  /** Or it would try again, be refused and be told at once, without end. */
  @Test
  void whenWritable_waitsUntilWhatWasRefusedHasRoom() {
    var queue = new CallbackQueue(10, 100, () -> {});
    queue.offer(new Probe(20));
    queue.offer(new Probe(20));
    queue.offer(new Probe(10));
    var answers = new ArrayList<Delivery>();
    var large = new Probe(75);
    assertThat(queue.offer(large)).isEqualTo(Delivery.FULL);

    queue.whenWritable(75, () -> answers.add(queue.offer(large))); // half is free, and not enough

    assertThat(answers).isEmpty();
    queue.drain(1, callback -> {});
    assertThat(answers).isEmpty();
    queue.drain(1, callback -> {});
    assertThat(answers).containsExactly(Delivery.QUEUED);
  }

  @Test
  void whenWritable_isNotHeldUpByOthersThatWantMore() {
    var queue = new CallbackQueue(10, 100, () -> {});
    queue.offer(new Probe(50));
    var told = new ArrayList<String>();
    assertThat(queue.offer(new Probe(60))).isEqualTo(Delivery.FULL); // and does not wait

    queue.whenWritable(70, () -> told.add("70"));
    queue.whenWritable(50, () -> told.add("50"));

    assertThat(told).containsExactly("50");
    queue.drain(1, callback -> {});
    assertThat(told).containsExactly("50", "70");
  }

  @Test
  void whenWritable_whenWhatWasRefusedIsLargerThanTheBound() {
    var queue = new CallbackQueue(10, 100, () -> {});
    queue.offer(new Probe(1));
    var answers = new ArrayList<Delivery>();
    var huge = new Probe(1_000);
    assertThat(queue.offer(huge)).isEqualTo(Delivery.FULL);

    queue.whenWritable(1_000, () -> answers.add(queue.offer(huge)));

    assertThat(answers).isEmpty();
    queue.drain(1, callback -> {});
    assertThat(answers).containsExactly(Delivery.QUEUED);
  }

  @Test
  void aQueueOfDepthZeroRefusesEverythingVisibly() {
    var queue = new CallbackQueue(0, 100, () -> {});

    assertThat(queue.offer(new Probe(0))).isEqualTo(Delivery.FULL);

    assertThat(queue.counts().full()).isEqualTo(1);
  }

  @Test
  void offer_whenClosed() {
    var queue = new CallbackQueue(1, 100, () -> {});
    queue.close();

    assertThat(queue.offer(new Probe(0))).isEqualTo(Delivery.CLOSED);

    assertThat(queue.counts().closed()).isEqualTo(1);
  }

  @Test
  void offerReserved_whenFull() {
    var queue = new CallbackQueue(1, 100, () -> {});
    assertThat(queue.offer(new Probe(0))).isEqualTo(Delivery.QUEUED);

    assertThat(queue.offerReserved(new Probe(0))).isEqualTo(Delivery.QUEUED);
  }

  @Test
  void callbacksComeInTheOrderOfTheirOffers() {
    var queue = new CallbackQueue(10, 100, () -> {});
    var probes = List.of(new Probe(0), new Probe(0), new Probe(0));
    probes.forEach(probe -> assertThat(queue.offer(probe)).isEqualTo(Delivery.QUEUED));
    var seen = new ArrayList<Callback>();

    assertThat(queue.drain(2, seen::add)).isEqualTo(2);
    assertThat(queue.drain(2, seen::add)).isEqualTo(1);

    assertThat(seen).containsExactlyElementsOf(probes);
    assertThat(queue.trySleep()).isTrue();
  }

  @Test
  void abandonAll_tellsEveryWaitingCallbackOnce() {
    var queue = new CallbackQueue(10, 100, () -> {});
    var probe = new Probe(5);
    assertThat(queue.offer(probe)).isEqualTo(Delivery.QUEUED);

    queue.abandonAll(GONE);
    queue.abandonAll(GONE);

    assertThat(probe.abandons).hasValue(1);
    assertThat(probe.runs).hasValue(0);
    assertThat(queue.sizeBytes()).isZero();
  }

  @Test
  void whenWritable_runsOnceBelowTheLowMark() {
    var queue = new CallbackQueue(4, 100, () -> {});
    for (int i = 0; i < 4; i++) {
      assertThat(queue.offer(new Probe(0))).isEqualTo(Delivery.QUEUED);
    }
    var calls = new AtomicInteger();
    queue.whenWritable(0, calls::incrementAndGet);

    queue.drain(1, Callback::run);
    assertThat(calls).hasValue(0);
    queue.drain(1, Callback::run);
    assertThat(calls).hasValue(1);
    queue.drain(2, Callback::run);
    assertThat(calls).hasValue(1);
  }

  @Test
  void whenWritable_whenClosed() {
    var queue = new CallbackQueue(0, 0, () -> {});
    queue.close();
    var calls = new AtomicInteger();

    queue.whenWritable(0, calls::incrementAndGet);

    assertThat(calls).hasValue(1);
  }

  /** Eight producers, one consumer that dies in the middle: every accepted callback ends once. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1024})
  void everyQueuedCallbackEndsExactlyOnce(int depth) throws InterruptedException {
    var queue = new CallbackQueue(depth, 1 << 20, () -> {});
    var accepted = new ConcurrentLinkedQueue<Probe>();
    var refused = new AtomicInteger();
    int producers = 8;
    int each = 20_000;
    var begun = new CountDownLatch(producers);
    var threads = new ArrayList<Thread>();
    for (int p = 0; p < producers; p++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    begun.countDown();
                    for (int i = 0; i < each; i++) {
                      var probe = new Probe(i % 7);
                      if (queue.offer(probe) == Delivery.QUEUED) {
                        accepted.add(probe);
                      } else {
                        refused.incrementAndGet();
                      }
                    }
                  }));
    }
    begun.await();
    int ran = 0;
    while (ran < 5_000 && threads.stream().anyMatch(Thread::isAlive)) {
      ran += queue.drain(256, Callback::run);
    }
    queue.abandonAll(GONE);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(accepted.size() + refused.get()).isEqualTo(producers * each);
    assertThat(accepted).allMatch(probe -> probe.runs.get() + probe.abandons.get() == 1);
    var counts = queue.counts();
    assertThat(counts.queued()).isEqualTo(accepted.size()).isEqualTo(counts.taken());
    assertThat(counts.full() + counts.closed()).isEqualTo(refused.get());
    assertThat(queue.sizeBytes()).isZero();
  }

  /** One that can wait. */
  private record Inbound(String name, List<String> log) implements Callback {
    @Override
    public void run() {
      log.add(name);
    }

    @Override
    public void abandon(RunarException reason) {
      log.add("abandoned " + name);
    }

    @Override
    public boolean canWait() {
      return true;
    }
  }

  @Test
  void whatCanWaitKeepsItsPlaceWhileTheQueueHolds() {
    var queue = new CallbackQueue(2, 100, () -> {});
    var log = new ArrayList<String>();
    queue.hold();
    assertThat(queue.offer(new Inbound("a", log))).isEqualTo(Delivery.QUEUED);
    assertThat(queue.offer(new Inbound("b", log))).isEqualTo(Delivery.QUEUED);
    var reserved = new Probe(0);
    assertThat(queue.offerReserved(reserved)).isEqualTo(Delivery.QUEUED);

    assertThat(queue.drain(10, Callback::run)).isEqualTo(1);

    assertThat(reserved.runs).hasValue(1);
    assertThat(log).isEmpty();
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.offer(new Inbound("c", log))).isEqualTo(Delivery.FULL);
    assertThat(queue.trySleep()).isTrue();
    queue.awake();

    assertThat(queue.release(List.of(new Inbound("y", log), new Inbound("z", log)))).isEqualTo(2);
    assertThat(queue.trySleep()).isFalse();
    assertThat(queue.drain(3, Callback::run)).isEqualTo(3);
    assertThat(queue.offer(new Inbound("d", log))).isEqualTo(Delivery.QUEUED);
    assertThat(queue.drain(10, Callback::run)).isEqualTo(1);
    assertThat(queue.drain(10, Callback::run)).isEqualTo(1);

    assertThat(log).containsExactly("y", "z", "a", "b", "d");
    assertThat(queue.size()).isZero();
    assertThat(queue.counts()).isEqualTo(new CallbackQueue.Counts(6, 6, 1, 0));
    assertThat(queue.trySleep()).isTrue();
  }

  @Test
  void whatIsHeldIsAbandonedInOrder() {
    var queue = new CallbackQueue(10, 100, () -> {});
    var log = new ArrayList<String>();
    queue.hold();
    assertThat(queue.offer(new Inbound("a", log))).isEqualTo(Delivery.QUEUED);
    assertThat(queue.drain(10, Callback::run)).isZero();
    assertThat(queue.offer(new Inbound("b", log))).isEqualTo(Delivery.QUEUED);

    queue.abandonAll(GONE);

    assertThat(log).containsExactly("abandoned a", "abandoned b");
    assertThat(queue.size()).isZero();
  }

  @Test
  void aRetiredQueueTakesOnlyReservedCallbacksAndTellsWhenItHasSeenTheOthers() {
    var wakeUps = new AtomicInteger();
    var queue = new CallbackQueue(10, 100, wakeUps::incrementAndGet);
    var log = new ArrayList<String>();
    assertThat(queue.offer(new Inbound("a", log))).isEqualTo(Delivery.QUEUED);

    queue.retire(() -> log.add("drained"));

    assertThat(queue.offer(new Inbound("b", log))).isEqualTo(Delivery.CLOSED);
    assertThat(queue.isClosed()).isFalse();
    assertThat(queue.offerReserved(new Inbound("c", log))).isEqualTo(Delivery.QUEUED);
    assertThat(queue.drain(1, Callback::run)).isEqualTo(1);
    assertThat(log).containsExactly("a");
    assertThat(queue.drain(10, Callback::run)).isEqualTo(1);
    assertThat(log).containsExactly("a", "c", "drained");
    assertThat(queue.trySleep()).isTrue();

    queue.unretire();
    assertThat(queue.offer(new Inbound("d", log))).isEqualTo(Delivery.QUEUED);
    assertThat(wakeUps).hasValue(1);
  }

  @Test
  void aQueueThatSleepsIsWokenToRetire() {
    var wakeUps = new AtomicInteger();
    var queue = new CallbackQueue(10, 100, wakeUps::incrementAndGet);
    var drained = new AtomicInteger();
    assertThat(queue.trySleep()).isTrue();

    queue.retire(drained::incrementAndGet);

    assertThat(wakeUps).hasValue(1);
    assertThat(queue.trySleep()).isTrue();
    assertThat(drained).hasValue(1);
  }

  @Test
  void whatARetiredQueueHoldsIsHandedOver() {
    var queue = new CallbackQueue(10, 100, () -> {});
    var log = new ArrayList<String>();
    queue.hold();
    assertThat(queue.offer(new Inbound("a", log))).isEqualTo(Delivery.QUEUED);
    assertThat(queue.drain(10, Callback::run)).isZero();
    assertThat(queue.offer(new Inbound("b", log))).isEqualTo(Delivery.QUEUED);

    queue.retire(() -> log.add("drained"));
    assertThat(queue.drain(10, Callback::run)).isEqualTo(1);
    assertThat(queue.drain(10, Callback::run)).isEqualTo(1);

    assertThat(log).containsExactly("a", "b", "drained");
  }
}
