package dev.runar.internal.http.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.http.pusher.SeenSignatures.Answer;
import dev.runar.internal.protocol.pusher.Signature;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenSignaturesTest {
  private final SeenSignatures seen = new SeenSignatures(100);

  private Answer take(int number, long time, long earliest) {
    return take("app", number, time, earliest);
  }

  private Answer take(String app, int number, long time, long earliest) {
    return seen.take(app, Signature.sign("secret", "text " + number), time, earliest);
  }

  @Test
  void aSignatureIsNewOnce() {
    assertThat(take(1, 1_000, 400)).isEqualTo(Answer.NEW);
    assertThat(take(1, 1_000, 400)).isEqualTo(Answer.REPEATED);
    assertThat(take(2, 1_000, 400)).isEqualTo(Answer.NEW);
    assertThat(take(1, 1_000, 1_000)).as("at the end of its time").isEqualTo(Answer.REPEATED);
  }

  @Test
  void whatIsTooOldTakesNoRoom() {
    for (int i = 0; i < 50; i++) {
      assertThat(take(i, 1_000, 400)).isEqualTo(Answer.NEW);
    }
    assertThat(take(50, 2_000, 1_400)).isEqualTo(Answer.NEW);
    assertThat(seen.size()).isEqualTo(1);
  }

  @Test
  void ofTooManyThoseOfTheEarliestTimeAreForgottenAndNotTakenAgain() {
    for (int i = 0; i < 100; i++) {
      assertThat(take(i, 1_000 + i, 400)).isEqualTo(Answer.NEW);
    }
    assertThat(take(100, 1_100, 400)).isEqualTo(Answer.NEW);
    assertThat(seen.size()).as("a sixteenth is free").isEqualTo(94);
    assertThat(seen.forgotten()).isEqualTo(7);
    assertThat(take(5, 1_005, 400)).isEqualTo(Answer.FORGOTTEN);
    assertThat(take(200, 1_006, 400)).isEqualTo(Answer.FORGOTTEN);
    assertThat(take(10, 1_010, 400)).isEqualTo(Answer.REPEATED);
    assertThat(take(201, 1_007, 400)).isEqualTo(Answer.NEW);
  }

  @Test
  void anAppThatPublishesTooMuchForgetsItsOwn() {
    assertThat(take("quiet", 1, 1_000, 400)).isEqualTo(Answer.NEW);
    for (int i = 0; i < 1_000; i++) {
      assertThat(take("loud", i, 1_000 + i, 400)).isEqualTo(Answer.NEW);
    }
    assertThat(seen.size()).isLessThanOrEqualTo(100);
    assertThat(take("quiet", 1, 1_000, 400)).isEqualTo(Answer.REPEATED);
    assertThat(take("quiet", 2, 500, 400)).as("is not locked out").isEqualTo(Answer.NEW);
    assertThat(take("loud", 2, 1_002, 400)).isEqualTo(Answer.FORGOTTEN);
  }

  @Test
  void theBoundHoldsWithinASecond() {
    for (int i = 0; i < 101; i++) {
      assertThat(take(i, 1_000, 400)).isEqualTo(Answer.NEW);
    }
    assertThat(seen.size()).isLessThanOrEqualTo(100);
    assertThat(take(0, 1_000, 400)).isEqualTo(Answer.FORGOTTEN);
    assertThat(take(0, 1_001, 400)).isEqualTo(Answer.NEW);
  }

  @Test
  void roomIsMadeOfWhatIsOverFirst() {
    for (int i = 0; i < 60; i++) {
      assertThat(take("gone", i, 1_000, 400)).isEqualTo(Answer.NEW);
    }
    for (int i = 0; i < 60; i++) {
      assertThat(take("app", i, 2_000, 1_400)).isEqualTo(Answer.NEW);
    }
    assertThat(seen.forgotten()).isZero();
    assertThat(seen.size()).isEqualTo(60);
  }

  @Test
  void theSetHoldsWhatASetHolds() {
    var random = new Random(7);
    var set = new LongSet();
    Set<Long> model = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      long number = random.nextInt(5_000) << (random.nextBoolean() ? 0 : 20);
      assertThat(set.add(number)).isEqualTo(model.add(number));
    }
    assertThat(set.size()).isEqualTo(model.size());
  }

  @Test
  void anAppPublishesAsManyEventsAsItMay() {
    var rates = new EventRates();
    long second = 1_000_000_000;
    assertThat(rates.take("a", 10, 10, 0)).isTrue();
    assertThat(rates.take("a", 1, 10, 0)).isFalse();
    assertThat(rates.take("b", 1, 10, 0)).as("another app").isTrue();
    assertThat(rates.take("a", 2, 10, second / 10)).isFalse();
    assertThat(rates.take("a", 1, 10, second / 10)).isTrue();
    assertThat(rates.take("a", 11, 10, 100 * second)).as("never saves more").isFalse();
    assertThat(rates.take("a", 10, 10, 100 * second)).isTrue();
    assertThat(rates.take("a", 1_000, 0, 100 * second)).as("no bound").isTrue();
  }
}
