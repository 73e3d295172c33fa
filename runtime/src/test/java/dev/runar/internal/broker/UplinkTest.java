package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.broker.Uplink.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests beside a connection that has no way back, on a lane that a test steps. */
@Timeout(60)
class UplinkTest {
  private final Simulation simulation = Simulation.of(1);
  private final Simulation.Client client = simulation.connect(0);
  private final Uplinks uplinks = simulation.broker.uplinks();
  private final Uplink uplink = uplinks.make();

  @BeforeEach
  void begin() {
    simulation.on(0, () -> uplink.begin(client.session));
  }

  private CompletableFuture<Answer> say(String frame) {
    return uplinks.offer(uplink.key(), WireMessage.text(frame.getBytes(UTF_8)));
  }

  @Test
  void aMessageIsAnsweredWhenTheSessionHasIt() {
    CompletableFuture<Answer> answer = say("{\"subscribe\":\"a\",\"id\":1}");
    assertThat(answer).isNotDone();
    simulation.settle();
    assertThat(answer).isCompletedWithValue(Answer.TAKEN);
    assertThat(client.got()).singleElement().asString().contains("\"subscribed\":\"a\"");
  }

  @Test
  void whoIsNotReadWaitsForItsAnswers() {
    simulation.on(0, uplink::pause);
    CompletableFuture<Answer> first = say("{\"subscribe\":\"a\",\"id\":1}");
    CompletableFuture<Answer> second = say("{\"unsubscribe\":\"a\",\"id\":2}");
    simulation.settle();
    assertThat(first).isNotDone();
    assertThat(client.got()).isEmpty();
    simulation.on(0, uplink::resume);
    simulation.settle();
    assertThat(first).isCompletedWithValue(Answer.TAKEN);
    assertThat(second).isCompletedWithValue(Answer.TAKEN);
    assertThat(client.got()).hasSize(2).first().asString().contains("\"subscribed\"");
  }

  @Test
  void soManyMessagesWaitAndNoMore() {
    simulation.on(0, uplink::pause);
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < Uplink.MOST_WAITING; i++) {
      answers.add(say("{\"ping\":" + i + "}"));
    }
    assertThat(say("{\"ping\":99}")).isCompletedWithValue(Answer.FULL);
    simulation.settle();
    assertThat(answers).noneMatch(CompletableFuture::isDone);
    simulation.on(0, uplink::resume);
    simulation.settle();
    assertThat(answers).allMatch(answer -> answer.getNow(Answer.GONE) == Answer.TAKEN);
    assertThat(say("{\"ping\":100}")).isNotCompletedExceptionally();
    simulation.settle();
    assertThat(uplinks.snapshot())
        .containsEntry("taken", Uplink.MOST_WAITING + 1L)
        .containsEntry("full", 1L)
        .containsEntry("gone", 0L);
  }

  @Test
  void soManyBytesWaitButOneMessageAlwaysMay() {
    simulation.on(0, uplink::pause);
    String large = "x".repeat(Simulation.OPTIONS.sessionBytes());
    CompletableFuture<Answer> alone = say(large + large);
    assertThat(alone).isNotDone();
    assertThat(say("{}")).isCompletedWithValue(Answer.FULL);
    simulation.on(0, uplink::end);
    simulation.settle();
    assertThat(alone).isCompletedWithValue(Answer.GONE);
  }

  @Test
  void afterTheEndNobodyIsThere() {
    simulation.on(0, uplink::pause);
    CompletableFuture<Answer> waiting = say("{\"ping\":1}");
    simulation.settle();
    simulation.on(0, uplink::end);
    assertThat(waiting).isCompletedWithValue(Answer.GONE);
    assertThat(say("{\"ping\":2}")).isCompletedWithValue(Answer.GONE);
    assertThat(uplinks.size()).isZero();
  }

  @Test
  void keysAreAllDifferent() {
    assertThat(uplinks.make().key()).hasSize(32).isNotEqualTo(uplink.key());
  }
}
