package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PipeTest {
  private final StreamCounts counts = new StreamCounts(10);
  private final Pipe pipe = counts.open(4);
  private final List<String> told = new ArrayList<>();

  private static Items many(String text, int count) {
    return new Items.Many(Payload.Kind.JSON, text, count);
  }

  private static Items one(int value) {
    return new Items.One(Payload.of(value));
  }

  @Test
  void write_whenThereIsRoom() {
    assertThat(pipe.room()).isEqualTo(4);
    assertThat(pipe.write(many("1,2,3", 3))).isEqualTo(Delivery.QUEUED);
    assertThat(pipe.room()).isEqualTo(1);
    assertThat(pipe.poll()).isEqualTo(many("1,2,3", 3));
    assertThat(pipe.room()).as("until they are taken").isEqualTo(1);
    pipe.taken(3);
    assertThat(pipe.room()).isEqualTo(4);
  }

  @Test
  void write_whenFull() {
    pipe.write(many("1,2,3", 3));
    assertThat(pipe.write(many("4,5", 2))).isEqualTo(Delivery.FULL);
    assertThat(pipe.poll()).isEqualTo(many("1,2,3", 3));
    assertThat(pipe.poll()).isNull();
  }

  @Test
  void write_whenItsBytesAreTooMany() {
    pipe.write(new Items.One(Payload.bytes(new byte[1 << 20])));
    assertThat(pipe.room()).isZero();
    pipe.poll();
    assertThat(pipe.room()).isEqualTo(3);
  }

  @Test
  void end_whenTheProducerWroteOnBehindABadItem() {
    pipe.lookedAtBy(items -> {});
    pipe.write(one(1));
    pipe.spoiled(List.of());
    pipe.write(one(2)); // it has not heard of it yet
    pipe.whenReadable(() -> told.add("readable"));
    pipe.fail(new RunarException(Code.HANDLER_FAILED, "bad"));
    assertThat(told).containsExactly("readable");
    assertThat(pipe.poll()).isNull();
    assertThat(pipe.ended()).isNotNull();
  }

  @Test
  void end_whenItemsWait() {
    pipe.write(one(1));
    pipe.fail(new RunarException(Code.TIMEOUT, "late"));
    pipe.end(); // only the first counts
    assertThat(pipe.ended()).isNull();
    assertThat(pipe.poll()).isEqualTo(one(1));
    assertThat(pipe.ended().failure().code()).isEqualTo(Code.TIMEOUT);
    assertThat(pipe.write(one(2))).isEqualTo(Delivery.CLOSED);
    assertThat(counts.counts().open()).isZero();
  }

  @Test
  void cancel_tellsTheProducerOnceAndDropsWhatWaits() {
    pipe.whenClosed(() -> told.add("closed"));
    pipe.write(many("1,2,3,4", 4));
    pipe.whenRoom(() -> told.add("room"));
    pipe.cancel();
    pipe.cancel();
    assertThat(told).containsExactly("room", "closed");
    assertThat(pipe.poll()).isNull();
    assertThat(pipe.write(one(5))).isEqualTo(Delivery.CLOSED);
    assertThat(counts.counts().open()).isZero();
  }

  @Test
  void whenRoom_runsAtHalf() {
    pipe.write(many("1,2,3,4", 4));
    pipe.whenRoom(() -> told.add("room"));
    pipe.taken(1);
    assertThat(told).isEmpty();
    pipe.taken(1);
    pipe.taken(2);
    assertThat(told).containsExactly("room");
  }

  @Test
  void whenReadable_runsOnce() {
    pipe.whenReadable(() -> told.add("readable"));
    pipe.write(one(1));
    pipe.write(one(2));
    assertThat(told).containsExactly("readable");
    pipe.whenReadable(() -> told.add("again"));
    assertThat(told).containsExactly("readable", "again");
  }

  @Test
  void aMillionItemsPassTwoThreadsInOrder() throws InterruptedException {
    int items = 1_000_000;
    var done = new CountDownLatch(1);
    Thread producer = Thread.ofPlatform().start(() -> produce(items));
    var consumer = new Consumer(items, done);
    consumer.read();
    done.await();
    producer.join();
    assertThat(consumer.next).isEqualTo(items);
    assertThat(counts.counts().mostAhead()).isLessThanOrEqualTo(4);
    assertThat(counts.counts().items()).isEqualTo(items);
  }

  private void produce(int items) {
    for (int i = 0; i < items; i++) {
      while (pipe.room() == 0) {
        var roomy = new CountDownLatch(1);
        pipe.whenRoom(roomy::countDown);
        try {
          roomy.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      assertThat(pipe.write(one(i)) == Delivery.QUEUED).isTrue();
    }
    pipe.end();
  }

  private final class Consumer {
    private final int items;
    private final CountDownLatch done;
    private volatile int next;

    Consumer(int items, CountDownLatch done) {
      this.items = items;
      this.done = done;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one reader at a time
    void read() {
      for (; ; ) {
        Items got = pipe.poll();
        if (got == null) {
          if (pipe.ended() != null) {
            assertThat(next).isEqualTo(items);
            done.countDown();
          } else {
            pipe.whenReadable(() -> Thread.ofVirtual().start(this::read));
          }
          return;
        }
        assertThat(((Items.One) got).item().asInt() == next).isTrue();
        next++;
        pipe.taken(1);
      }
    }
  }
}
