package dev.runar.internal.protocol.centrifugal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply.Granted;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply.Past;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JsonRepliesTest {
  private static final Granted PLAIN = new Granted(0, null, false, false, List.of());

  private static String write(CentrifugalReply reply) {
    return new String(JsonReplies.write(reply), UTF_8);
  }

  private static String publication(long offset, Payload payload) {
    return new String(
        JsonReplies.publication(JsonReplies.head("chat/\"1\""), offset, payload), UTF_8);
  }

  @Test
  void aPublication() {
    assertThat(publication(7, Payload.json("{\"a\":1}")))
        .isEqualTo(
            "{\"push\":{\"channel\":\"chat/\\\"1\\\"\","
                + "\"pub\":{\"data\":{\"a\":1},\"offset\":7}}}");
    assertThat(publication(0, Payload.bytes(new byte[] {1, 2, 3})))
        .isEqualTo(
            "{\"push\":{\"channel\":\"chat/\\\"1\\\"\",\"pub\":{\"data\":\"AQID\","
                + "\"tags\":{\"encoding\":\"base64\"}}}}");
  }

  @Test
  void aLineBreakInJsonDoesNotEndTheReply() {
    assertThat(publication(1, Payload.json("{\n  \"a\": \"x\\ny\"\n}")))
        .endsWith("\"pub\":{\"data\":{   \"a\": \"x\\ny\" },\"offset\":1}}}");
  }

  @Test
  void answers() {
    assertThat(write(new CentrifugalReply.Failed(3, 103, "permission \"denied\"", false)))
        .isEqualTo("{\"id\":3,\"error\":{\"code\":103,\"message\":\"permission \\\"denied\\\"\"}}");
    assertThat(write(new CentrifugalReply.Failed(3, 100, "x", true)))
        .isEqualTo("{\"id\":3,\"error\":{\"code\":100,\"message\":\"x\",\"temporary\":true}}");
    assertThat(write(new CentrifugalReply.Unsubscribed(1)))
        .isEqualTo("{\"id\":1,\"unsubscribe\":{}}");
    assertThat(write(new CentrifugalReply.Published(1))).isEqualTo("{\"id\":1,\"publish\":{}}");
    assertThat(write(new CentrifugalReply.Result(1, Payload.json("[1]"))))
        .isEqualTo("{\"id\":1,\"rpc\":{\"data\":[1]}}");
    assertThat(write(new CentrifugalReply.PresenceStats(1, 3, 2)))
        .isEqualTo("{\"id\":1,\"presence_stats\":{\"num_clients\":3,\"num_users\":2}}");
    assertThat(
            write(
                new CentrifugalReply.Presence(
                    1,
                    new TreeMap<>(
                        Map.of(
                            "c1", new Client("u", "c1", null),
                            "c2", new Client("", "c2", Payload.json("{\"n\":1}")))))))
        .isEqualTo(
            "{\"id\":1,\"presence\":{\"presence\":{\"c1\":{\"user\":\"u\",\"client\":\"c1\"},"
                + "\"c2\":{\"user\":\"\",\"client\":\"c2\",\"conn_info\":{\"n\":1}}}}}");
    assertThat(
            write(
                new CentrifugalReply.History(
                    1, List.of(new Past(4, Payload.json("1"))), new StreamPosition(4, "e"))))
        .isEqualTo(
            "{\"id\":1,\"history\":{\"publications\":[{\"data\":1,\"offset\":4}],"
                + "\"epoch\":\"e\",\"offset\":4}}");
    assertThat(write(new CentrifugalReply.Refreshed(1, "c", 60)))
        .isEqualTo("{\"id\":1,\"refresh\":{\"client\":\"c\",\"expires\":true,\"ttl\":60}}");
    assertThat(write(new CentrifugalReply.SubRefreshed(1, 0)))
        .isEqualTo("{\"id\":1,\"sub_refresh\":{}}");
    assertThat(write(new CentrifugalReply.SubRefreshed(1, 5)))
        .isEqualTo("{\"id\":1,\"sub_refresh\":{\"expires\":true,\"ttl\":5}}");
  }

  @Test
  void whatAClientIsToldAtConnect() {
    assertThat(write(new CentrifugalReply.Connected(1, "c", 0, Map.of(), 25, "", null)))
        .isEqualTo("{\"id\":1,\"connect\":{\"client\":\"c\",\"ping\":25,\"pong\":true}}");
    assertThat(
            write(
                new CentrifugalReply.Connected(
                    1, "c", 60, Map.of("a", PLAIN), 25, "s", Payload.json("[1]"))))
        .isEqualTo(
            "{\"id\":1,\"connect\":{\"client\":\"c\",\"expires\":true,\"ttl\":60,"
                + "\"data\":[1],\"subs\":{\"a\":{}},\"ping\":25,\"pong\":true,\"session\":\"s\"}}");
  }

  @Test
  void theLastWordOfASession() {
    assertThat(write(new CentrifugalReply.Disconnected(3001, "shutdown")))
        .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3001,\"reason\":\"shutdown\"}}}");
  }

  @Test
  void whatASubscriberIsTold() {
    assertThat(write(new CentrifugalReply.Subscribed(2, PLAIN)))
        .isEqualTo("{\"id\":2,\"subscribe\":{}}");
    assertThat(
            write(
                new CentrifugalReply.Subscribed(
                    2,
                    new Granted(
                        9,
                        new StreamPosition(1, "e"),
                        true,
                        true,
                        List.of(new Past(2, Payload.json("1")), new Past(3, Payload.json("2")))))))
        .isEqualTo(
            "{\"id\":2,\"subscribe\":{\"expires\":true,\"ttl\":9,\"recoverable\":true,"
                + "\"positioned\":true,\"epoch\":\"e\",\"offset\":1,\"was_recovering\":true,"
                + "\"recovered\":true,\"publications\":[{\"data\":1,\"offset\":2},"
                + "{\"data\":2,\"offset\":3}]}}");
  }

  @Test
  void pushes() {
    assertThat(write(new CentrifugalReply.Joined("a", new Client("u", "c", null))))
        .isEqualTo(
            "{\"push\":{\"channel\":\"a\",\"join\":{\"info\":{\"user\":\"u\",\"client\":\"c\"}}}}");
    assertThat(write(new CentrifugalReply.Left("a", new Client("u", "c", null))))
        .contains("\"leave\":{\"info\":{");
    assertThat(write(new CentrifugalReply.Ended("a", 2500, "insufficient state")))
        .isEqualTo(
            "{\"push\":{\"channel\":\"a\","
                + "\"unsubscribe\":{\"code\":2500,\"reason\":\"insufficient state\"}}}");
    assertThat(new String(JsonReplies.message(Payload.json("{\"a\":1}")), UTF_8))
        .isEqualTo("{\"push\":{\"message\":{\"data\":{\"a\":1}}}}");
  }
}
