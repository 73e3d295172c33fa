package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.internal.node.Delays;
import dev.runar.internal.protocol.pusher.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who must show a signature in time is not closed for the time that a hook takes. */
@Timeout(60)
class HookPatienceTest {
  /** Runs nothing by itself. */
  private static final class Steps implements Delays {
    private final List<Runnable> tasks = new ArrayList<>();

    @Override
    public Runnable after(long nanos, Runnable task) {
      tasks.add(task);
      return () -> tasks.remove(task);
    }

    @Override
    public void close() {}
  }

  private final Steps time = new Steps();
  private final PusherSimulation app =
      new PusherSimulation(PusherSimulation.APP.withAuthorizedOnly(true), time);
  private final List<CompletableFuture<Payload>> asked = new ArrayList<>();

  @AfterEach
  void stop() {
    app.close();
  }

  private Simulation.Client connect() {
    app.simulation.gate.actions.put(
        "$hooks-1/subscribe",
        subject -> {
          var answer = new CompletableFuture<Payload>();
          asked.add(answer);
          return answer;
        });
    Simulation.Client client = app.connect(0);
    app.simulation.settle();
    return client;
  }

  private static String subscribing(String channel, String auth) {
    return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",\"auth\":\"%s\"}}"
        .formatted(channel, auth);
  }

  private static String signed(Simulation.Client client) {
    String signed = client.session.id() + ":private-a";
    return subscribing("private-a", "key:" + Signature.sign("secret", signed));
  }

  private void itsTimeIsOver() {
    List.copyOf(time.tasks).forEach(Runnable::run);
    app.simulation.settle();
  }

  private void allow(int question) {
    asked.get(question).complete(Payload.of(true));
    app.simulation.settle();
  }

  @Test
  void whoHasShownASignatureMayWaitForItsHook() {
    Simulation.Client client = connect();
    client.says(signed(client));
    itsTimeIsOver();
    assertThat(client.connection.closeCode).isZero();
    allow(0);
    assertThat(client.got()).anyMatch(frame -> frame.contains("succeeded"));
    assertThat(client.connection.closeCode).isZero();
  }

  @Test
  void aSignatureThatWaitsBehindAHookCounts() {
    Simulation.Client client = connect();
    client.says(subscribing("public", ""), signed(client));
    itsTimeIsOver();
    allow(0);
    assertThat(client.connection.closeCode).isZero();
    allow(1);
    assertThat(client.connection.closeCode).isZero();
  }

  @Test
  void whoHasShownNothingIsClosedWhenItsHookHasAnswered() {
    Simulation.Client client = connect();
    client.says(subscribing("public", ""));
    itsTimeIsOver();
    assertThat(client.connection.closeCode).isZero();
    allow(0);
    assertThat(client.connection.closeCode).isEqualTo(4009);
  }

  @Test
  void aWrongSignatureIsNone() {
    Simulation.Client client = connect();
    client.says(subscribing("private-a", "key:wrong"));
    itsTimeIsOver();
    assertThat(client.connection.closeCode).isEqualTo(4009);
  }
}
