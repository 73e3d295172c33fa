package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.path.PusherNode.Connected;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows P22, P25 and P31 to P36: who is in a presence channel. */
@Timeout(60)
class PusherPresenceTest {
  private static final String ROOM = "presence-room";

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

  private static String succeeded(String data) {
    return "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"presence-room\","
        + "\"data\":\""
        + data.replace("\"", "\\\"")
        + "\"}";
  }

  private static String told(String event, String data) {
    return "{\"channel\":\"presence-room\",\"event\":\"pusher_internal:"
        + event
        + "\",\"data\":\""
        + data.replace("\"", "\\\"")
        + "\"}";
  }

  @Test
  void p22TheDataIsSignedByteForByte() {
    Connected client = connect();
    String data = "{\"user_id\": 1, \"user_info\":{\"name\":\"ä€\"}}";
    String signed = client.socketId() + ":" + ROOM + ":" + data;
    String auth = "key:" + Signature.sign("secret", signed);
    assertThat(client.say(Signed.joining(ROOM, auth, data.replace(": 1", ":1"))).next())
        .contains("pusher:subscription_error")
        .contains("AuthError");
    assertThat(client.say(Signed.joining(ROOM, auth, data)).next())
        .isEqualTo(
            succeeded(
                "{\"presence\":{\"ids\":[\"1\"],\"hash\":{\"1\":{\"name\":\"ä€\"}},"
                    + "\"count\":1}}"));
  }

  @Test
  void p25TheSignatureOfAnotherSocketIsRefused() {
    Connected one = connect();
    Connected other = connect();
    assertThat(other.say(Signed.joining(one, ROOM, "{\"user_id\":1}")).next())
        .contains("pusher:subscription_error");
    assertThat(Signed.join(other, ROOM, "x")).contains("subscription_succeeded");
  }

  @Test
  void p31WhoJoinsIsToldWhoIsThereAndItselfEachUserOnce() {
    String ada = "{\"user_id\":\"ada\",\"user_info\":{\"n\":1}}";
    Connected one = connect();
    Connected two = connect();
    Connected three = connect();
    one.say(Signed.joining(one, ROOM, ada)).next();
    two.say(Signed.joining(two, ROOM, ada)).next();
    assertThat(Signed.join(three, ROOM, "bob"))
        .isEqualTo(
            succeeded(
                "{\"presence\":{\"ids\":[\"ada\",\"bob\"],"
                    + "\"hash\":{\"ada\":{\"n\":1},\"bob\":null},\"count\":2}}"));
    assertThat(three.untilPong()).isEmpty();
  }

  @Test
  void p32TheOthersHearOfTheFirstConnectionOfAUser() {
    Connected one = connect();
    Signed.join(one, ROOM, "ada");
    Connected two = connect();
    two.say(Signed.joining(two, ROOM, "{\"user_id\":\"bob\",\"user_info\":{\"n\":2}}")).next();
    assertThat(one.next())
        .isEqualTo(told("member_added", "{\"user_id\":\"bob\",\"user_info\":{\"n\":2}}"));
    Connected three = connect();
    Signed.join(three, ROOM, "bob");
    assertThat(one.untilPong()).isEmpty();
    assertThat(two.untilPong()).isEmpty();
  }

  @Test
  void p33TheOthersHearOfTheLastConnectionThatUnsubscribesOrIsLost() {
    Connected one = connect();
    Signed.join(one, ROOM, "ada");
    for (int round = 0; round < 2; round++) {
      Connected two = connect();
      Connected three = connect();
      Signed.join(two, ROOM, "bob");
      Signed.join(three, ROOM, "bob");
      assertThat(one.next()).contains("member_added");
      two.say("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"presence-room\"}}");
      assertThat(two.untilPong()).isEmpty();
      assertThat(one.untilPong()).isEmpty();
      if (round == 0) {
        three.say("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"presence-room\"}}");
      } else {
        three.close(); // without a word
      }
      assertThat(one.next()).isEqualTo(told("member_removed", "{\"user_id\":\"bob\"}"));
    }
    assertThat(one.untilPong()).isEmpty();
  }

  @Test
  void p34ANumberIsTheSameUserAsItsText() {
    Connected one = connect();
    Connected two = connect();
    Connected three = connect();
    assertThat(one.say(Signed.joining(one, ROOM, "{\"user_id\":7}")).next())
        .contains("\\\"ids\\\":[\\\"7\\\"],\\\"hash\\\":{\\\"7\\\":null}");
    assertThat(Signed.join(two, ROOM, "7")).contains("\\\"count\\\":1");
    three.say(Signed.joining(three, ROOM, "{\"user_id\":8}")).next();
    assertThat(one.next())
        .isEqualTo(told("member_added", "{\"user_id\":\"8\",\"user_info\":null}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"user_id\":\"\"}", "{\"user_info\":{}}", "[]", "no JSON", ""})
  void p35DataWithoutAUserIsRefused(String data) {
    Connected client = connect();
    assertThat(client.say(Signed.joining(client, ROOM, data)).next())
        .contains("pusher:subscription_error");
    assertThat(Signed.join(client, ROOM, "ada")).contains("\\\"count\\\":1");
  }

  @Test
  void p35WithoutDataThereMustBeASignedInUser() {
    Connected client = connect();
    String bare = Connected.subscribing(ROOM, client.auth(ROOM));
    assertThat(client.say(bare).next()).contains("pusher:subscription_error").contains("user_id");
    client.say(Signed.signin(client, "{\"id\":\"ada\",\"user_info\":{\"n\":1}}")).next();
    assertThat(client.say(bare).next())
        .isEqualTo(
            succeeded(
                "{\"presence\":{\"ids\":[\"ada\"],\"hash\":{\"ada\":{\"n\":1}},\"count\":1}}"));
  }

  @Test
  void p35TheInfoOfTheSignedInUserIsUsedWhereTheDataHasNone() {
    Connected client = connect();
    client.say(Signed.signin(client, "{\"id\":\"ada\",\"user_info\":{\"n\":1}}")).next();
    assertThat(Signed.join(client, ROOM, "ada")).contains("{\\\"ada\\\":{\\\"n\\\":1}}");
    assertThat(Signed.join(client, "presence-b", "bob")).contains("{\\\"bob\\\":null}");
  }

  @Test
  void p36TheHundredAndFirstMemberIsRefusedAndASecondConnectionIsNot() {
    String last = "";
    for (int i = 1; i <= 100; i++) {
      Connected client = connect();
      last = Signed.join(client, ROOM, "u" + i);
    }
    assertThat(last).contains("\\\"count\\\":100");
    Connected late = connect();
    assertThat(Signed.join(late, ROOM, "u101"))
        .contains("pusher:subscription_error")
        .contains("\\\"status\\\":4100");
    assertThat(Signed.join(late, ROOM, "u100")).contains("\\\"count\\\":100");
  }

  @Test
  void p36ALargeUserIsRefused() {
    Connected client = connect();
    String info = "\"" + "x".repeat(1_022) + "\"";
    String data = "{\"user_id\":\"a\",\"user_info\":%s}";
    assertThat(
            client
                .say(Signed.joining(client, ROOM, data.formatted(info.replace("xx", "xxx"))))
                .next())
        .contains("\\\"status\\\":4301");
    assertThat(Signed.join(client, ROOM, "i".repeat(129))).contains("\\\"status\\\":4301");
    assertThat(Signed.join(client, "presence-b", "i".repeat(128))).contains("succeeded");
    assertThat(client.say(Signed.joining(client, ROOM, data.formatted(info))).next())
        .contains("succeeded");
  }

  @Test
  void p44TheOthersOfAPresenceChannelSeeWhoSent() {
    Connected one = connect();
    Connected two = connect();
    Signed.join(one, ROOM, "ada");
    Signed.join(two, ROOM, "bob");
    assertThat(one.next()).contains("member_added");
    two.say(
        "{\"event\":\"client-x\",\"channel\":\"presence-room\",\"data\":{},\"user_id\":\"ada\"}");
    assertThat(one.next())
        .isEqualTo(
            "{\"channel\":\"presence-room\",\"event\":\"client-x\",\"data\":{},"
                + "\"user_id\":\"bob\"}");
    assertThat(two.untilPong()).isEmpty();
  }
}
