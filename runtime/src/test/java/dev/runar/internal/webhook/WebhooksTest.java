package dev.runar.internal.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.Webhook;
import dev.runar.apps.Webhook.Kind;
import dev.runar.internal.broker.pusher.AppEvents.Sent;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.internal.time.TurnedTime;
import dev.runar.internal.webhook.WebhookStats.Outcome;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the servers of apps are told, in turned time. */
@Timeout(30)
class WebhooksTest {
  private static final Duration MOMENT = Duration.ofMillis(150);
  private static final Duration HOLD = Duration.ofMillis(3_200);

  private final TurnedTime time = new TurnedTime();
  private final Receiver receiver = new Receiver();
  private double chance = 1;
  private final Webhooks webhooks = new Webhooks(time, time, receiver, () -> chance);
  private final App app = app(Set.of(), "", true);

  /** Answers as the test says, and 200 when it says nothing more. */
  private static final class Receiver implements WebhookPost {
    final List<Call> calls = new ArrayList<>();
    final Queue<CompletableFuture<Integer>> answers = new ArrayDeque<>();
    int otherwise = 200;
    boolean closed;

    @Override
    public CompletableFuture<Integer> make(Call call) {
      calls.add(call);
      CompletableFuture<Integer> answer = answers.poll();
      return answer == null ? CompletableFuture.completedFuture(otherwise) : answer;
    }

    @Override
    public void close() {
      closed = true;
    }

    List<String> bodies() {
      return calls.stream().map(call -> call.body().text()).toList();
    }

    /** The events of each call. */
    List<String> told() {
      return bodies().stream()
          .map(body -> body.replaceAll("^\\{\"time_ms\":\\d+,\"events\":\\[(.*)]}$", "$1"))
          .toList();
    }
  }

  private static App app(Set<Kind> kinds, String prefix, boolean batch) {
    var url = URI.create("http://a.example/hook");
    return App.of("1", "key", "secret")
        .withWebhooks(List.of(new Webhook(url, kinds, prefix, Map.of("X-Own", "1"))))
        .withBatchWebhooks(batch);
  }

  private long count(Outcome outcome) {
    return webhooks.stats().of(outcome);
  }

  @Test
  void p78BodyAndSignature() {
    webhooks.channelOccupied(app, "room");
    time.pass(MOMENT);
    assertThat(receiver.bodies())
        .containsExactly(
            "{\"time_ms\":100,\"events\":["
                + "{\"name\":\"channel_occupied\",\"channel\":\"room\"}]}");
    WebhookPost.Call call = receiver.calls.getFirst();
    assertThat(call.url()).isEqualTo(URI.create("http://a.example/hook"));
    assertThat(call.headers())
        .containsOnly(
            Map.entry("Content-Type", "application/json"),
            Map.entry("X-Own", "1"),
            Map.entry("X-Pusher-Key", "key"),
            Map.entry("X-Pusher-Signature", Signature.sign("secret", call.body().encoded())));
    assertThat(count(Outcome.DELIVERED)).isEqualTo(1);
  }

  @Test
  void p79EveryKindHasItsKeys() {
    webhooks.memberAdded(app, "presence-a", "u\"1");
    var object = new Sent("client-x", Payload.json("{\"a\":1}"), "1.2", "u1");
    webhooks.clientEvent(app, "presence-a", object);
    var text = new Sent("client-x", Payload.json("\"text\""), "1.2", null);
    webhooks.clientEvent(app, "private-a", text);
    webhooks.cacheMiss(app, "cache-a");
    webhooks.subscriptionCount(app, "a", 3);
    time.pass(MOMENT);
    webhooks.memberRemoved(app, "presence-a", "u1");
    webhooks.channelVacated(app, "presence-a");
    time.pass(HOLD);
    assertThat(receiver.told())
        .containsExactly(
            "{\"name\":\"member_added\",\"channel\":\"presence-a\",\"user_id\":\"u\\\"1\"},"
                + "{\"name\":\"client_event\",\"channel\":\"presence-a\",\"event\":\"client-x\","
                + "\"data\":\"{\\\"a\\\":1}\",\"socket_id\":\"1.2\",\"user_id\":\"u1\"},"
                + "{\"name\":\"client_event\",\"channel\":\"private-a\",\"event\":\"client-x\","
                + "\"data\":\"text\",\"socket_id\":\"1.2\"},"
                + "{\"name\":\"cache_miss\",\"channel\":\"cache-a\"},"
                + "{\"name\":\"subscription_count\",\"channel\":\"a\",\"subscription_count\":3}",
            "{\"name\":\"member_removed\",\"channel\":\"presence-a\",\"user_id\":\"u1\"},"
                + "{\"name\":\"channel_vacated\",\"channel\":\"presence-a\"}");
  }

  @Test
  void p80WithoutBatchesEachEventHasACallOfItsOwn() {
    App single = app(Set.of(), "", false);
    webhooks.channelOccupied(single, "a");
    webhooks.channelOccupied(single, "b");
    time.pass(MOMENT);
    assertThat(receiver.told())
        .containsExactly(
            "{\"name\":\"channel_occupied\",\"channel\":\"a\"}",
            "{\"name\":\"channel_occupied\",\"channel\":\"b\"}");
  }

  @Test
  void p80AFailedCallIsMadeAgainUnchangedEverLaterForFiveMinutes() {
    receiver.otherwise = 500;
    webhooks.channelOccupied(app, "room");
    var made = new ArrayList<Integer>();
    for (int second = 0; second < 400; second++) {
      int before = receiver.calls.size();
      time.pass(Duration.ofSeconds(1));
      if (receiver.calls.size() > before) {
        made.add(second);
      }
    }
    assertThat(made).containsExactly(0, 1, 3, 7, 15, 31, 63, 123, 183, 243);
    assertThat(receiver.bodies()).containsOnly(receiver.bodies().getFirst());
    assertThat(count(Outcome.RETRIED)).isEqualTo(9);
    assertThat(count(Outcome.GIVEN_UP)).isEqualTo(1);
    receiver.otherwise = 204;
    webhooks.channelOccupied(app, "other");
    time.pass(MOMENT);
    assertThat(count(Outcome.DELIVERED)).isEqualTo(1);
  }

  @Test
  void p80CallsThatAreMadeAgainAreSpreadOverHalfOfTheWait() {
    chance = 0;
    receiver.otherwise = 500;
    webhooks.channelOccupied(app, "room");
    var made = new ArrayList<Integer>();
    for (int half = 0; half < 40; half++) {
      int before = receiver.calls.size();
      time.pass(Duration.ofMillis(500));
      if (receiver.calls.size() > before) {
        made.add(half);
      }
    }
    assertThat(made).containsExactly(0, 1, 3, 7, 15, 31);
  }

  @Test
  void p80NoAnswerAndARedirectAreFailuresAndTheOrderStays() {
    receiver.answers.add(CompletableFuture.failedFuture(new IOException("refused")));
    receiver.answers.add(CompletableFuture.completedFuture(302));
    webhooks.channelOccupied(app, "first");
    time.pass(MOMENT);
    webhooks.channelOccupied(app, "second");
    time.pass(Duration.ofSeconds(10));
    assertThat(receiver.told())
        .extracting(body -> body.contains("first"))
        .containsExactly(true, true, true, false);
    assertThat(count(Outcome.DELIVERED)).isEqualTo(2);
  }

  @Test
  void p81LeavingAndComingBackWithinThreeSecondsIsToldToNobody() {
    webhooks.channelOccupied(app, "presence-a");
    webhooks.memberAdded(app, "presence-a", "u");
    time.pass(MOMENT);
    webhooks.memberRemoved(app, "presence-a", "u");
    webhooks.channelVacated(app, "presence-a");
    time.pass(Duration.ofMillis(2_900));
    webhooks.channelOccupied(app, "presence-a");
    webhooks.memberAdded(app, "presence-a", "u");
    time.pass(Duration.ofSeconds(60));
    assertThat(receiver.calls).hasSize(1);
    assertThat(count(Outcome.UNDONE)).isEqualTo(4);
  }

  @Test
  void p81AnotherMemberUndoesNothing() {
    webhooks.memberRemoved(app, "presence-a", "u");
    webhooks.memberAdded(app, "presence-a", "v");
    webhooks.memberAdded(app, "presence-b", "u");
    time.pass(HOLD);
    assertThat(String.join(",", receiver.told()))
        .contains("\"member_removed\",\"channel\":\"presence-a\",\"user_id\":\"u\"");
  }

  @Test
  void p81WhoHearsOnlyOfComingHearsOfNoComingBack() {
    App only = app(Set.of(Kind.CHANNEL_OCCUPIED), "", true);
    webhooks.channelVacated(only, "a");
    time.pass(Duration.ofSeconds(1));
    webhooks.channelOccupied(only, "a");
    time.pass(HOLD);
    assertThat(receiver.calls).isEmpty();
    webhooks.channelVacated(only, "a");
    time.pass(HOLD);
    webhooks.channelOccupied(only, "a");
    time.pass(MOMENT);
    assertThat(receiver.told()).hasSize(1);
  }

  /** The app loses its webhooks, or itself, while what has happened is held back. */
  @Test
  void p81WhatIsHeldBackIsToldToWhomItWasFor() {
    webhooks.memberRemoved(app, "presence-a", "u");
    webhooks.channelVacated(app, "presence-a");
    webhooks.channelVacated(app, "b");
    App without = app.withWebhooks(List.of());
    webhooks.channelOccupied(without, "b"); // is not vacated, whoever may hear of it now
    time.pass(HOLD);
    assertThat(receiver.told())
        .containsExactly(
            "{\"name\":\"member_removed\",\"channel\":\"presence-a\",\"user_id\":\"u\"},"
                + "{\"name\":\"channel_vacated\",\"channel\":\"presence-a\"}");
    assertThat(count(Outcome.DELIVERED)).isEqualTo(2);
    assertThat(count(Outcome.UNDONE)).isEqualTo(2);
    assertThat(webhooks.stop(Duration.ZERO)).isCompleted();
  }

  @Test
  void p82MissesOfManyThreadsAtOnceAreOne() throws Exception {
    var start = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        var _ =
            threads.submit(
                () -> {
                  start.await();
                  for (int miss = 0; miss < 100; miss++) {
                    webhooks.cacheMiss(app, "cache-a");
                  }
                  return null;
                });
      }
      start.countDown();
    }
    time.pass(MOMENT);
    assertThat(receiver.told())
        .containsExactly("{\"name\":\"cache_miss\",\"channel\":\"cache-a\"}");
    assertThat(count(Outcome.REPEATED)).isEqualTo(799);
  }

  @Test
  void p82MissesOfOneMomentAreOne() {
    for (int i = 0; i < 100; i++) {
      webhooks.cacheMiss(app, "cache-a");
    }
    webhooks.cacheMiss(app, "cache-b");
    time.pass(MOMENT);
    assertThat(receiver.told())
        .containsExactly(
            "{\"name\":\"cache_miss\",\"channel\":\"cache-a\"},"
                + "{\"name\":\"cache_miss\",\"channel\":\"cache-b\"}");
    assertThat(count(Outcome.REPEATED)).isEqualTo(99);
    time.pass(Duration.ofSeconds(1));
    webhooks.cacheMiss(app, "cache-a");
    time.pass(MOMENT);
    assertThat(receiver.calls).hasSize(2);
  }

  @Test
  void kindsAndPrefixesAreFiltered() {
    App filtered = app(Set.of(Kind.CHANNEL_OCCUPIED), "private-", true);
    webhooks.channelOccupied(filtered, "private-a");
    webhooks.channelOccupied(filtered, "privateer");
    webhooks.cacheMiss(filtered, "private-cache-a");
    time.pass(MOMENT);
    assertThat(receiver.told())
        .containsExactly("{\"name\":\"channel_occupied\",\"channel\":\"private-a\"}");
  }

  @Test
  void p82AFloodOfMissesIsRememberedUpToABoundAndForgottenByOneTimer() {
    App batches = app(Set.of(Kind.CACHE_MISS), "", true);
    for (int i = 0; i < 10_001; i++) {
      webhooks.cacheMiss(batches, "cache-" + i);
    }
    int afterTheFlood = time.waiting();
    webhooks.cacheMiss(batches, "cache-0"); // remembered
    webhooks.cacheMiss(batches, "cache-10000"); // beyond the bound: told again
    assertThat(afterTheFlood).isEqualTo(2); // what gathers, and the misses
    assertThat(count(Outcome.REPEATED)).isEqualTo(1);
    time.pass(Duration.ofSeconds(5));
    assertThat(time.waiting()).isZero();
    assertThat(webhooks.stop(Duration.ZERO)).isCompleted();
  }

  @Test
  void whatNoWebhookWantsIsNotEvenWritten() {
    App filtered = app(Set.of(Kind.CHANNEL_VACATED), "private-", true);
    var unreadable = new Sent("client-x", Payload.bytes(new byte[0]), "1.2", null);
    webhooks.clientEvent(filtered, "private-a", unreadable);
    webhooks.subscriptionCount(filtered, "private-a", 1);
    webhooks.channelVacated(filtered, "public");
    assertThat(time.waiting()).isZero();
    assertThat(webhooks.stop(Duration.ZERO)).isCompleted();
  }

  @Test
  void whoHearsOnlyOfLeavingHearsOfNoComingBack() {
    App only = app(Set.of(Kind.CHANNEL_VACATED), "", true);
    webhooks.channelVacated(only, "a");
    webhooks.channelOccupied(only, "a");
    time.pass(Duration.ofSeconds(10));
    assertThat(receiver.calls).isEmpty();
    assertThat(count(Outcome.UNDONE)).isEqualTo(2);
  }

  /** The timer fired while the node stopped, and came too late to be taken back. */
  @Test
  void aBackOffThatHasFiredWhenTheNodeStopsCallsNoSecondTime() {
    time.cancelsNothing();
    receiver.answers.add(CompletableFuture.completedFuture(500));
    receiver.answers.add(new CompletableFuture<>()); // under way while the timer fires
    webhooks.channelOccupied(app, "a");
    time.pass(MOMENT);
    assertThat(receiver.calls).hasSize(1);
    var _ = webhooks.stop(Duration.ofSeconds(20));
    time.pass(Duration.ofSeconds(5));
    assertThat(receiver.calls).hasSize(2);
  }

  @Test
  void oneCallHasAtMostAHundredEvents() {
    for (int i = 0; i < 250; i++) {
      webhooks.subscriptionCount(app, "a", i);
    }
    time.pass(MOMENT);
    assertThat(receiver.told())
        .extracting(body -> body.split("\"name\"", -1).length - 1)
        .containsExactly(100, 100, 50);
  }

  @Test
  void aReceiverThatIsAwayLosesItsOldestEventsAndDelaysNoOther() {
    var away = new Webhook(URI.create("http://away.example/"), Set.of(), "", Map.of());
    var there = new Webhook(URI.create("http://there.example/"), Set.of(), "", Map.of());
    App both = app.withWebhooks(List.of(away, there));
    receiver.answers.add(new CompletableFuture<>()); // never answers
    webhooks.channelOccupied(both, "first");
    time.pass(MOMENT);
    int more = WebhookSender.MAX_EVENTS + 5;
    for (int i = 0; i < more; i++) {
      webhooks.subscriptionCount(both, "a", i);
      if (i % 1_000 == 0) {
        time.pass(MOMENT);
      }
    }
    time.pass(MOMENT);
    assertThat(count(Outcome.DELIVERED)).isEqualTo(1 + more);
    assertThat(count(Outcome.DROPPED)).isEqualTo(5);
    assertThat(receiver.calls).filteredOn(call -> call.url().equals(away.url())).hasSize(1);
  }

  @Test
  void stoppingTellsWhatIsHeldBackAndTriesOnceMore() {
    receiver.answers.add(CompletableFuture.completedFuture(500));
    webhooks.channelOccupied(app, "a");
    time.pass(MOMENT);
    webhooks.channelVacated(app, "a");
    CompletableFuture<Void> stopped = webhooks.stop(Duration.ofSeconds(20));
    assertThat(stopped).isNotDone();
    time.pass(MOMENT);
    assertThat(stopped).isCompleted();
    assertThat(receiver.told())
        .containsExactly(
            "{\"name\":\"channel_occupied\",\"channel\":\"a\"}",
            "{\"name\":\"channel_occupied\",\"channel\":\"a\"}",
            "{\"name\":\"channel_vacated\",\"channel\":\"a\"}");
    assertThat(receiver.closed).isTrue();
  }

  @Test
  void nothingIsLeftWhenAllIsTold() {
    webhooks.channelOccupied(app, "a");
    webhooks.cacheMiss(app, "cache-a");
    webhooks.channelVacated(app, "b");
    time.pass(Duration.ofSeconds(10));
    assertThat(webhooks.stop(Duration.ZERO)).isCompleted();
    assertThat(count(Outcome.DELIVERED)).isEqualTo(3);
  }
}
