package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutageTest {
  private final Outage outage = new Outage();

  private boolean fails(long seconds) {
    return outage.begins(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void anOutageBeginsOnceHoweverLongItLasts() {
    assertThat(fails(0)).isTrue();
    assertThat(fails(1)).isFalse();
    assertThat(fails(60)).isFalse();
    assertThat(fails(120)).isFalse();
    assertThat(fails(181)).as("after a minute of quiet").isTrue();
  }
}
