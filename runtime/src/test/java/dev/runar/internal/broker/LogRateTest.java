package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogRateTest {
  @Test
  void soManyASecondAndTheNextSaysHowManyWereLeftOut() {
    var nanos = new AtomicLong(Long.MAX_VALUE - 5); // clocks may wrap
    var rate = new LogRate(nanos::get, 2);
    assertThat(rate.admit()).isZero();
    assertThat(rate.admit()).isZero();
    assertThat(rate.admit()).isEqualTo(-1);
    assertThat(rate.admit()).isEqualTo(-1);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(rate.admit()).isEqualTo(2);
    assertThat(rate.admit()).isZero();
    assertThat(rate.admit()).isEqualTo(-1);
    assertThat(LogRate.notShown(2)).isEqualTo(" (2 before it are not shown)");
    assertThat(LogRate.notShown(0)).isEmpty();
  }
}
