package dev.runar.internal.broker.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.spi.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventCacheTest {
  private static final long LIFETIME = 10;

  private long nanos;
  private final EventCache cache =
      new EventCache(
          new Clock() {
            @Override
            public long nanos() {
              return nanos;
            }

            @Override
            public long wallMs() {
              return 0;
            }
          },
          3,
          1_000);

  private void publish(String topic, Payload payload) {
    assertThat(cache.publish(topic, payload, () -> 7)).isEqualTo(7);
  }

  private Optional<Payload> find(String topic) {
    return cache.join(topic, LIFETIME, () -> {});
  }

  @Test
  void p41theLastOneIsRemembered() {
    publish("a", Payload.of(1));
    publish("a", Payload.of(2));
    assertThat(find("a")).contains(Payload.of(2));
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void p41itIsForgottenAfterItsLifetime() {
    publish("a", Payload.of(1));
    nanos = 9;
    assertThat(find("a")).isPresent();
    nanos = 10;
    assertThat(find("a")).isEmpty();
    assertThat(cache.size()).isZero();
  }

  @Test
  void theOldestGoesWhenThereAreTooMany() {
    publish("a", Payload.of(1));
    publish("b", Payload.of(1));
    publish("c", Payload.of(1));
    publish("a", Payload.of(2));
    publish("d", Payload.of(1));
    assertThat(find("b")).isEmpty();
    assertThat(find("a")).isPresent();
    assertThat(cache.size()).isEqualTo(3);
    assertThat(cache.evicted()).isEqualTo(1);
  }

  @Test
  void theOldestGoesWhenTheyAreTooLarge() {
    publish("a", Payload.of("x".repeat(400)));
    publish("b", Payload.of("x".repeat(400)));
    assertThat(find("a")).isEmpty();
    assertThat(find("b")).isPresent();
    assertThat(cache.evicted()).isEqualTo(1);
  }
}
