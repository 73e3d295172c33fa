package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is on its way to a transport that refuses, takes its time or fails. */
@Timeout(20)
class OutboxTest {
  private final List<Throwable> broken = new ArrayList<>();
  private final AtomicReference<Wire> wire = new AtomicReference<>();
  private final AtomicInteger batches = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private final Outbox outbox = new Outbox(new Transport(wire, batches), broken::add);

  /** What a transport does with a batch. */
  private interface Wire {
    Delivery post(int length);
  }

  private record Transport(AtomicReference<Wire> wire, AtomicInteger batches)
      implements LinkTransport {
    @Override
    public void start(Receiver receiver) {}

    @Override
    public Delivery post(byte[] batch, int offset, int length) {
      batches.incrementAndGet();
      return wire.get().post(length);
    }

    @Override
    public void close() {}
  }

  @Test
  void roomThatComesBeforeTheRefusalIsKnownCounts() {
    wire.set(
        length -> {
          if (batches.get() > 1) {
            return Delivery.QUEUED;
          }
          Thread transport = Thread.ofPlatform().start(outbox::room);
          join(transport);
          return Delivery.FULL;
        });

    assertThat(outbox.postReserved(small())).isEqualTo(Delivery.QUEUED);

    assertThat(batches).hasValue(2); // refused, and then the same again
  }

  @Test
  void aTransportThatFailsIsTheEndAndTold() {
    wire.set(
        length -> {
          throw new OutOfMemoryError("Java heap space");
        });
    outbox.whenWritable(told::incrementAndGet);
    assertThat(outbox.postReserved(small())).isEqualTo(Delivery.QUEUED);

    assertThat(broken).singleElement().isInstanceOf(OutOfMemoryError.class);
    assertThat(outbox.postReserved(small())).isEqualTo(Delivery.CLOSED);
    assertThat(batches).hasValue(1);
    outbox.room();
    assertThat(outbox.flush()).isCompleted();
  }

  @Test
  void largeAnswersAreRefusedWhenManyWaitAndSmallOnesGo() {
    wire.set(length -> Delivery.FULL);
    Frame large = Frame.of(FrameKind.RESULT, 1, Payload.of(new byte[16 << 20]));
    for (int i = 0; i < 4; i++) {
      assertThat(outbox.postAnswer(large)).isEqualTo(Delivery.QUEUED);
    }

    assertThat(outbox.postAnswer(large)).isEqualTo(Delivery.FULL);
    assertThat(outbox.post(small())).isEqualTo(Delivery.FULL);
    assertThat(outbox.postAnswer(small())).isEqualTo(Delivery.QUEUED);
    assertThat(outbox.refused()).isEqualTo(2);

    wire.set(length -> Delivery.QUEUED);
    outbox.room();
    assertThat(outbox.postAnswer(large)).isEqualTo(Delivery.QUEUED);
  }

  @Test
  void whoWasRefusedIsToldOnceTheTransportTakesWhatWaited() {
    wire.set(length -> Delivery.FULL);
    Frame large = Frame.of(FrameKind.INVOKE, 2, Payload.of(new byte[5 << 20]));
    outbox.post(large);
    outbox.post(large);
    assertThat(outbox.post(large)).isEqualTo(Delivery.FULL);

    outbox.whenWritable(
        () -> {
          told.incrementAndGet();
          assertThat(outbox.post(large)).isEqualTo(Delivery.QUEUED);
        });
    assertThat(told).hasValue(0);
    wire.set(length -> Delivery.QUEUED);
    outbox.room();

    assertThat(told).hasValue(1);
    assertThat(outbox.flush()).isCompleted();
  }

  @Test
  void whoFlushesWaitsForAnotherThreadThatCarries() {
    var isCarrying = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    wire.set(
        length -> {
          isCarrying.countDown();
          await(mayGoOn);
          return Delivery.QUEUED;
        });
    Thread carrier = Thread.ofPlatform().start(() -> outbox.postReserved(small()));
    await(isCarrying);
    outbox.postReserved(small());

    CompletableFuture<Void> flushed = outbox.flush();
    assertThat(flushed).isNotDone();
    mayGoOn.countDown();

    flushed.join();
    assertThat(batches).hasValue(2);
    join(carrier);
  }

  private static Frame small() {
    return Frame.of(FrameKind.RESULT, 1, null);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
