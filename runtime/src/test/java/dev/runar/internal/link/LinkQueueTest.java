package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.Limits;
import dev.runar.RunarException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Places for callbacks of the JavaScript side, and who waits for them. */
@Timeout(10)
class LinkQueueTest {
  private final LinkQueue queue = new LinkQueue();
  private final AtomicInteger tries = new AtomicInteger();

  @Test
  void whoWasRefusedIsToldWhenHalfOfTheBytesAreFree() {
    queue.bound(Limits.DEFAULT.withQueuedBytes(1_000));
    queue.take(300);
    queue.take(600);

    retry(200);
    assertThat(tries).hasValue(1);
    queue.ran(1, 300);
    assertThat(tries).hasValue(1); // 600 of 1,000 are taken
    queue.ran(1, 600);

    assertThat(tries).hasValue(2);
    assertThat(queue.counts().waiting()).isEqualTo(1);
  }

  @Test
  void whoseMessageNeedsMoreThanHalfIsToldWhenThatIsFree() {
    queue.bound(Limits.DEFAULT.withQueuedBytes(1_000));
    queue.take(400);
    queue.take(100);

    retry(700);
    assertThat(tries).hasValue(1);
    queue.ran(1, 100);
    assertThat(tries).hasValue(1);
    queue.ran(1, 400);

    assertThat(tries).hasValue(2);
    assertThat(queue.counts().waiting()).isEqualTo(1);
  }

  @Test
  void whoWantsLittleDoesNotWaitForWhatOthersWereRefused() {
    queue.bound(Limits.DEFAULT.withQueuedBytes(1_000));
    queue.take(500);
    assertThat(queue.take(600)).isEqualTo(Delivery.FULL); // a call, whose sender was told at once

    queue.whenWritable(500, tries::incrementAndGet);

    assertThat(tries).hasValue(1);
  }

  @Test
  void oneThatBeginsWithAFailureKeepsNothingFromTheOthers() {
    var begun = new AtomicInteger();
    queue.bound(Limits.DEFAULT.withQueuedCallbacks(2));
    queue.take(1);
    queue.placed(
        new Begun(
            () -> {
              throw new IllegalStateException("on purpose");
            }));
    queue.take(1);
    queue.placed(new Begun(begun::incrementAndGet));
    retry(1);

    queue.ran(2, 2);

    assertThat(begun).hasValue(1);
    assertThat(tries).hasValue(2);
  }

  private record Begun(Runnable then) implements Exchanges.Exchange {
    @Override
    public void begun() {
      then.run();
    }

    @Override
    public void succeeded(Frame answer) {}

    @Override
    public void failed(Frame answer) {}

    @Override
    public void gone(RunarException reason) {}
  }

  @Test
  void whoWasRefusedIsToldWhenHalfOfThePlacesAreFree() {
    queue.bound(Limits.DEFAULT.withQueuedCallbacks(4));
    for (int i = 0; i < 4; i++) {
      queue.take(1);
    }

    retry(1);
    queue.ran(1, 1);
    assertThat(tries).hasValue(1);
    queue.ran(1, 1);

    assertThat(tries).hasValue(2);
    assertThat(queue.counts().waiting()).isEqualTo(3);
  }

  @Test
  void whoAsksToBeToldAfterRoomHasComeIsToldAtOnce() {
    queue.bound(Limits.DEFAULT.withQueuedCallbacks(1));
    queue.take(1);
    assertThat(queue.take(1)).isEqualTo(Delivery.FULL);
    queue.ran(1, 1);

    queue.whenWritable(1, tries::incrementAndGet);

    assertThat(tries).hasValue(1);
  }

  @Test
  void theEndIsTold() {
    queue.bound(Limits.DEFAULT.withQueuedCallbacks(1));
    queue.take(1);
    retry(1);

    queue.close();

    assertThat(tries).hasValue(2);
    assertThat(queue.take(1)).isEqualTo(Delivery.CLOSED);
  }

  @Test
  void oneWhoThrowsDoesNotKeepTheNewsFromOthers() {
    queue.bound(Limits.DEFAULT.withQueuedCallbacks(1));
    queue.take(1);
    queue.whenWritable(
        1,
        () -> {
          throw new IllegalStateException("on purpose");
        });
    queue.whenWritable(1, tries::incrementAndGet);

    queue.ran(1, 1);

    assertThat(tries).hasValue(1);
  }

  @Test
  void aRefusalGivesNoPlaceBack() {
    queue.bound(Limits.DEFAULT.withQueuedCallbacks(1));
    queue.take(1);

    assertThat(queue.refuse()).isEqualTo(Delivery.FULL);

    assertThat(queue.counts().waiting()).isEqualTo(1);
    assertThat(queue.counts().full()).isEqualTo(1);
    queue.close();
    assertThat(queue.refuse()).isEqualTo(Delivery.CLOSED);
  }

  /** As a socket that is not read until its message is taken. */
  private void retry(int size) {
    tries.incrementAndGet();
    if (queue.take(size) == Delivery.FULL) {
      queue.whenWritable(size, () -> retry(size));
    }
  }
}
