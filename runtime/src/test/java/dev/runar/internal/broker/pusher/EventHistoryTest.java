package dev.runar.internal.broker.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.apps.AppLimits;
import dev.runar.spi.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventHistoryTest {
  private static final AppLimits LIMITS =
      AppLimits.DEFAULT.withHistoryEvents(3).withCachedSeconds(10);

  private long seconds;
  private final EventHistory history =
      new EventHistory(
          new Clock() {
            @Override
            public long nanos() {
              return TimeUnit.SECONDS.toNanos(seconds);
            }

            @Override
            public long wallMs() {
              return seconds * 1_000;
            }
          },
          5,
          2_000);

  private void publish(String topic, Object payload) {
    assertThat(history.publish(topic, Payload.of(payload), LIMITS, () -> 7)).isEqualTo(7);
  }

  private List<Object> find(String topic) {
    return history.find(topic, 3).stream().map(past -> past.payload().value()).toList();
  }

  @Test
  void theLastOfEachChannelTheOldestFirst() {
    for (int i = 0; i < 5; i++) {
      publish("a", i);
    }
    publish("b", 7);
    assertThat(find("a")).isEqualTo(List.of(2, 3, 4));
    assertThat(history.find("a", 1)).extracting(past -> past.payload().value()).containsExactly(4);
    assertThat(find("b")).isEqualTo(List.of(7));
    assertThat(find("c")).isEmpty();
    assertThat(history.size()).isEqualTo(4);
    assertThat(history.evicted()).isZero();
  }

  @Test
  void eachIsForgottenAfterItsTimeAndSoAreQuietChannels() {
    publish("a", 1);
    seconds = 5;
    publish("a", 2);
    assertThat(history.find("a", 3).getFirst()).isEqualTo(new PastEvent(Payload.of(1), 0));
    seconds = 10;
    assertThat(find("a")).isEqualTo(List.of(2));
    seconds = 15;
    assertThat(find("a")).isEmpty();
    publish("b", 3);
    assertThat(history.size()).isEqualTo(1);
    assertThat(history.evicted()).isZero();
  }

  @Test
  void withTooManyTheOldestOfTheQuietestChannelGoes() {
    publish("a", 1);
    publish("b", 1);
    publish("a", 2);
    publish("c", 1);
    publish("c", 2);
    publish("c", 3);
    assertThat(find("b")).isEmpty();
    assertThat(find("a")).isEqualTo(List.of(1, 2));
    publish("d", 1);
    assertThat(find("a")).isEqualTo(List.of(2));
    assertThat(history.evicted()).isEqualTo(2);
  }

  @Test
  void channelsCostSomethingAsLongAsTheyRememberAnything() {
    String name = "n".repeat(400); // an event costs 129, its channel 601
    for (int i = 0; i < 3; i++) {
      publish(name + i, 1);
    }
    assertThat(history.evicted()).isEqualTo(1);
    assertThat(find(name + 0)).isEmpty();
    assertThat(find(name + 2)).isEqualTo(List.of(1));
    for (int i = 0; i < 100; i++) { // what is forgotten gives all of it back
      seconds += 10;
      publish(name + "a" + i, 1);
      publish(name + "b" + i, 1);
    }
    assertThat(history.evicted()).isEqualTo(1);
    assertThat(history.size()).isEqualTo(2);
  }

  @Test
  void withTooManyBytesTooButTheLastOneStays() {
    publish("a", "x".repeat(1_500));
    publish("b", "x".repeat(500));
    assertThat(find("a")).isEmpty();
    publish("c", "x".repeat(5_000));
    assertThat(find("b")).isEmpty();
    assertThat(find("c")).hasSize(1);
    assertThat(history.size()).isEqualTo(1);
  }
}
