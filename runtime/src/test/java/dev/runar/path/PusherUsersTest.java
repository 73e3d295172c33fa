package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.App;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.path.PusherNode.Connected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows P51 to P58: users who sign in, what reaches them, and who watches them. */
@Timeout(60)
class PusherUsersTest {
  private final PusherNode node = PusherNode.start();
  private final List<Connected> clients = new ArrayList<>();

  @AfterEach
  void stop() {
    clients.forEach(Connected::close);
    node.close();
  }

  private Connected connect() {
    Connected client = node.connect();
    clients.add(client);
    return client;
  }

  private static String watched(String name, String... userIds) {
    return "{\"event\":\"pusher_internal:watchlist_events\",\"data\":{\"events\":["
        + event(name, userIds)
        + "]}}";
  }

  private static String event(String name, String... userIds) {
    return "{\"name\":\"%s\",\"user_ids\":[\"%s\"]}".formatted(name, String.join("\",\"", userIds));
  }

  @Test
  void p51p52WhoSignsInGetsItsDataBack() {
    Connected client = connect();
    assertThat(client.say(Signed.signin(client, "{\"id\":\"ada\",\"x\":[1]}")).next())
        .isEqualTo(
            "{\"event\":\"pusher:signin_success\",\"data\":"
                + "\"{\\\"user_data\\\":\\\"{\\\\\\\"id\\\\\\\":\\\\\\\"ada\\\\\\\","
                + "\\\\\\\"x\\\\\\\":[1]}\\\"}\"}");
    assertThat(Signed.signIn(client, "ada")).contains("signin_success"); // and again
    assertThat(client.untilPong()).isEmpty();
  }

  @Test
  void p53AWrongSignatureEndsTheConnection() {
    Connected client = connect();
    String auth = "key:" + Signature.sign("secret", "1.1::user::{\"id\":\"ada\"}");
    assertThat(client.say(Signed.signin(auth, "{\"id\":\"ada\"}")).next())
        .contains("pusher:error")
        .contains("4009");
    assertThat(client.client().closed()).startsWith("4009");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"id\":\"\"}", "{\"user_id\":\"a\"}", "[]", "no JSON"})
  void p53DataWithoutAnIdEndsTheConnection(String userData) {
    Connected client = connect();
    assertThat(client.say(Signed.signin(client, userData)).next())
        .contains("pusher:error")
        .contains("4009");
    assertThat(client.client().closed()).startsWith("4009");
  }

  @Test
  void p53AnotherUserOnTheSameSocketEndsTheConnection() {
    Connected watcher = connect();
    Signed.signIn(watcher, "eve", "ada", "bob");
    watcher.next();
    Connected client = connect();
    Signed.signIn(client, "ada");
    assertThat(watcher.next()).isEqualTo(watched("online", "ada"));
    assertThat(Signed.signIn(client, "bob")).contains("pusher:error").contains("4009");
    assertThat(client.client().closed()).startsWith("4009");
    assertThat(watcher.next()).isEqualTo(watched("offline", "ada"));
  }

  @Test
  void p54TheChannelOfAUserIsForItsOwnSocketsOnly() {
    Connected client = connect();
    String subscribe = Connected.subscribing("#server-to-user-ada", "");
    assertThat(client.say(subscribe).next()).contains("pusher:subscription_error");
    Signed.signIn(client, "ada");
    assertThat(client.say(Connected.subscribing("#server-to-user-bob", "")).next())
        .contains("pusher:subscription_error");
    assertThat(client.say(subscribe).next())
        .isEqualTo(
            "{\"event\":\"pusher_internal:subscription_succeeded\","
                + "\"channel\":\"#server-to-user-ada\",\"data\":\"{}\"}");
  }

  @Test
  void p55WhatIsSentToAUserReachesEverySocketOfIt() {
    Connected one = connect();
    Connected two = connect();
    Connected other = connect();
    for (Connected own : List.of(one, two)) {
      Signed.signIn(own, "ada");
      own.say(Connected.subscribing("#server-to-user-ada", "")).next();
    }
    Signed.signIn(other, "bob");
    other.say(Connected.subscribing("#server-to-user-bob", "")).next();
    other.untilPong();
    node.publish("#server-to-user-ada", "said", "hello");
    for (Connected own : List.of(one, two)) {
      assertThat(own.untilPong())
          .containsOnlyOnce(
              "{\"channel\":\"#server-to-user-ada\",\"event\":\"said\",\"data\":\"hello\"}");
    }
    assertThat(other.untilPong()).isEmpty();
  }

  /** Ids as services that sign people in make them, and such as a topic gives a meaning to. */
  @ParameterizedTest
  @ValueSource(
      strings = {"auth0|42", "a b", "über", "x/y", "*", ">", "{id}", "50%0021", "\uD83D\uDE00"})
  void p55AnyUserIsReached(String id) {
    Connected own = connect();
    Connected other = connect();
    String channel = "#server-to-user-" + id;
    Signed.signIn(other, "other");
    assertThat(other.say(Connected.subscribing(channel, "")).next()).contains("subscription_error");
    Signed.signIn(own, id);
    assertThat(own.say(Connected.subscribing(channel, "")).next()).contains("_succeeded", channel);
    PusherServer server = new PusherServer(node.node.urls().get(0), PusherNode.APP);
    String event = "{\"name\":\"said\",\"channel\":\"%s\",\"data\":\"hello\"}";
    assertThat(server.post("events", event.formatted(channel)).toString()).isEqualTo("200 {}");
    assertThat(own.untilPong())
        .contains("{\"channel\":\"%s\",\"event\":\"said\",\"data\":\"hello\"}".formatted(channel));
    assertThat(other.untilPong()).isEmpty();
  }

  @Test
  void p53AnIdThatNoChannelCanHaveEndsTheConnection() {
    Connected client = connect();
    assertThat(client.say(Signed.signin(client, "{\"id\":\"a\\u0007\"}")).next())
        .contains("pusher:error", "4009", "control characters");
    assertThat(client.client().closed()).startsWith("4009");
  }

  @Test
  void p57WhoSignsInIsToldWhoOfTheWatchedIsHere() {
    Signed.signIn(connect(), "ada");
    Connected watcher = connect();
    Signed.signIn(watcher, "eve", "bob", "ada", "eve");
    assertThat(watcher.next())
        .isEqualTo(
            "{\"event\":\"pusher_internal:watchlist_events\",\"data\":{\"events\":["
                + event("online", "ada", "eve")
                + ","
                + event("offline", "bob")
                + "]}}");
    assertThat(watcher.untilPong()).isEmpty();
  }

  @Test
  void p58AWatcherHearsOfTheFirstAndTheLastConnectionOnly() {
    Connected watcher = connect();
    Signed.signIn(watcher, "eve", "ada");
    assertThat(watcher.next()).isEqualTo(watched("offline", "ada"));
    Connected one = connect();
    Connected two = connect();
    Signed.signIn(one, "ada");
    Signed.signIn(two, "ada");
    assertThat(watcher.untilPong()).containsExactly(watched("online", "ada"));
    one.client().close(1000, "");
    two.close(); // without a word
    assertThat(watcher.next()).isEqualTo(watched("offline", "ada"));
    assertThat(watcher.untilPong()).isEmpty();
  }

  @Test
  void p58OfALongWatchlistTheFirstHundredAreWatched() {
    String[] ids = IntStream.rangeClosed(1, 101).mapToObj(i -> "u" + i).toArray(String[]::new);
    Connected watcher = connect();
    assertThat(Signed.signIn(watcher, "eve", ids)).contains("signin_success");
    assertThat(watcher.next()).contains("pusher:error").contains("4302");
    assertThat(watcher.next()).contains("offline").contains("\"u100\"").doesNotContain("u101");
    Signed.signIn(connect(), "u101");
    Signed.signIn(connect(), "u100");
    assertThat(watcher.untilPong()).containsExactly(watched("online", "u100"));
  }

  @Test
  void p56WhoShowsNothingInTimeIsClosedWhereTheAppWantsSo() {
    App strictApp =
        PusherNode.APP.withAuthorizedOnly(true).withActivityTimeout(Duration.ofSeconds(2));
    try (PusherNode strict = PusherNode.start(strictApp)) {
      Connected signedIn = strict.connect();
      Connected joined = strict.connect();
      Connected nobody = strict.connect();
      Signed.signIn(signedIn, "ada");
      joined.subscribe("private-x");
      nobody.subscribe("public");
      assertThat(nobody.client().closed()).startsWith("4009");
      assertThat(signedIn.untilPong()).noneMatch(frame -> frame.contains("error"));
      assertThat(joined.untilPong()).noneMatch(frame -> frame.contains("error"));
      List.of(signedIn, joined, nobody).forEach(Connected::close);
    }
  }
}
