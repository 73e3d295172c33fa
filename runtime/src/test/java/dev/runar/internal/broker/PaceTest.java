package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.spi.Clock;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000;

  private long now;
  private final Pace pace =
      new Pace(
          new Clock() {
            @Override
            public long nanos() {
              return now;
            }

            @Override
            public long wallMs() {
              return 0;
            }
          });

  private int allowed(int of) {
    int allowed = 0;
    for (int i = 0; i < of; i++) {
      allowed += pace.allows(10, SECOND) ? 1 : 0;
    }
    return allowed;
  }

  @Test
  void soManyAtOnceAndAsManyComeAgainEvenly() {
    assertThat(allowed(30)).isEqualTo(10);
    now += SECOND / 10;
    assertThat(allowed(30)).isEqualTo(1);
    now += SECOND / 2;
    assertThat(allowed(30)).isEqualTo(5);
    now += 100 * SECOND;
    assertThat(allowed(30)).as("never saves more").isEqualTo(10);
  }

  @Test
  void noTwiceAsManyAroundTheEndOfASecond() {
    now += SECOND * 9 / 10;
    assertThat(allowed(10)).isEqualTo(10);
    now += SECOND / 5;
    assertThat(allowed(10)).isEqualTo(2);
  }

  @Test
  void ofNoneNoneIsAllowed() {
    assertThat(pace.allows(0, SECOND)).isFalse();
  }
}
