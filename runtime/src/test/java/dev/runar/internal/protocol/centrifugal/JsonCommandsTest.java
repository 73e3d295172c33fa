package dev.runar.internal.protocol.centrifugal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCommandsTest {
  private static List<CentrifugalCommand> read(String text) {
    byte[] bytes = ("##" + text + "##").getBytes(UTF_8);
    return JsonCommands.read(bytes, 2, bytes.length - 4);
  }

  @Test
  void everyCommandOfOneMessage() {
    assertThat(
            read(
                """
                {"id":1,"connect":{"token":"t","data":{"a": 1},"name":"js","version":"2","headers":{"x":"y"}}}
                {"id":2,"subscribe":{"channel":"chat/1","flag":1}}
                {"id":3,"subscribe":{"channel":"chat/2","token":"s","recover":true,"offset":7,"epoch":"e"}}
                {"id":4,"unsubscribe":{"channel":"chat/1"}}
                {"id":5,"publish":{"channel":"chat/1","data":[ 1,"é" ]}}
                {"id":6,"presence":{"channel":"a"}}
                {"id":7,"presence_stats":{"channel":"a"}}
                {"id":8,"history":{"channel":"a","limit":-1,"since":{"offset":3,"epoch":"e"},"reverse":true}}
                {"id":9,"ping":{}}
                {"send":{"data":"x"}}
                {"id":10,"rpc":{"method":"math/add","data":{"a":1}}}
                {"id":11,"refresh":{"token":"t"}}
                {"id":12,"sub_refresh":{"channel":"a","token":"t"}}
                {}
                """))
        .containsExactly(
            new CentrifugalCommand.Connect(1, "t", Payload.json("{\"a\": 1}"), "js", "2", Map.of()),
            new CentrifugalCommand.Subscribe(2, "chat/1", "", null),
            new CentrifugalCommand.Subscribe(3, "chat/2", "s", new StreamPosition(7, "e")),
            new CentrifugalCommand.Unsubscribe(4, "chat/1"),
            new CentrifugalCommand.Publish(5, "chat/1", Payload.json("[ 1,\"é\" ]")),
            new CentrifugalCommand.Presence(6, "a"),
            new CentrifugalCommand.PresenceStats(7, "a"),
            new CentrifugalCommand.History(8, "a", -1, new StreamPosition(3, "e"), true),
            new CentrifugalCommand.Ping(9),
            new CentrifugalCommand.Send(Payload.json("\"x\"")),
            new CentrifugalCommand.Rpc(10, "math/add", Payload.json("{\"a\":1}")),
            new CentrifugalCommand.Refresh(11, "t"),
            new CentrifugalCommand.SubRefresh(12, "a", "t"),
            new CentrifugalCommand.Pong());
  }

  @Test
  void whereAClientWasInTheChannelsOfTheServer() {
    assertThat(
            read(
                "{\"id\":1,\"connect\":{\"subs\":{\"a\":{\"recover\":true,\"offset\":2,"
                    + "\"epoch\":\"e\"},\"b\":{}}}}"))
        .containsExactly(
            new CentrifugalCommand.Connect(
                1,
                "",
                null,
                "",
                "",
                Map.of("a", new StreamPosition(2, "e"), "b", new StreamPosition(0, ""))));
  }

  @Test
  void whatIsNullOrUnknownIsAsIfItWereNotThere() {
    assertThat(
            read(
                "{\"id\":1,\"subscribe\":{\"channel\":\"a\",\"token\":null,\"new\":[{}]},"
                    + "\"publish\":null,\"else\":{\"id\":3}}"))
        .containsExactly(new CentrifugalCommand.Subscribe(1, "a", "", null));
    assertThat(read("{\"id\":1,\"rpc\":{\"method\":\"a\"}}"))
        .containsExactly(new CentrifugalCommand.Rpc(1, "a", Payload.json("null")));
  }

  @Test
  void whatTheNodeHasNotIsSaidToBeSo() {
    assertThat(read("{\"id\":1,\"subscribe\":{\"channel\":\"a\",\"type\":4}}"))
        .containsExactly(new CentrifugalCommand.Unsupported(1, "type 4"));
    assertThat(read("{\"id\":1,\"subscribe\":{\"channel\":\"a\",\"tf\":{\"key\":\"k\"}}}"))
        .containsExactly(new CentrifugalCommand.Unsupported(1, "filters"));
  }

  @Test
  void whatCameBeforeAMalformedCommandCounts() {
    assertThat(read("{\"id\":1,\"ping\":{}}\n{\"id\":2\n{\"id\":3,\"ping\":{}}"))
        .containsExactly(
            new CentrifugalCommand.Ping(1),
            new CentrifugalCommand.Invalid("the message is not JSON, one command a line"));
  }

  @Test
  void zeroBytesThatLookLikeAnotherEncodingAreNoJson() {
    assertThat(read("\u0000{\u0000\u0000"))
        .containsExactly(
            new CentrifugalCommand.Invalid("the message is not JSON, one command a line"));
  }

  @Test
  void aMessageHoldsABoundedNumberOfCommands() {
    assertThat(read("{}".repeat(5_000))).hasSize(4_097).last().isInstanceOf(invalid());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "\"connect\"",
        "{",
        "{\"id\":1}",
        "{\"id\":0,\"connect\":{}}",
        "{\"connect\":{}}",
        "{\"id\":-1,\"connect\":{}}",
        "{\"id\":4294967296,\"connect\":{}}",
        "{\"id\":99999999999999999999,\"connect\":{}}",
        "{\"id\":\"1\",\"connect\":{}}",
        "{\"id\":1.5,\"connect\":{}}",
        "{\"id\":1,\"connect\":[]}",
        "{\"id\":1,\"connect\":{\"token\":5}}",
        "{\"id\":1,\"connect\":{\"subs\":[]}}",
        "{\"id\":1,\"connect\":{\"subs\":{\"a\":1}}}",
        "{\"id\":1,\"subscribe\":{}}",
        "{\"id\":1,\"subscribe\":{\"channel\":\"\"}}",
        "{\"id\":1,\"subscribe\":{\"channel\":{}}}",
        "{\"id\":1,\"subscribe\":{\"channel\":\"a\",\"recover\":1}}",
        "{\"id\":1,\"subscribe\":{\"channel\":\"a\",\"offset\":-1}}",
        "{\"id\":1,\"history\":{\"channel\":\"a\",\"since\":7}}",
        "{\"id\":1,\"history\":{\"channel\":\"a\",\"limit\":2147483648}}",
        "{\"id\":1,\"publish\":{\"data\":1}}",
        "{\"id\":1,\"refresh\":{}}",
        "{\"id\":1,\"sub_refresh\":{\"channel\":\"a\"}}",
        "{\"id\":1,\"ping\":{},\"rpc\":{}}",
        "{\"id\":1,\"unheard\":{}}",
      })
  void aMalformedCommand(String text) {
    assertThat(read(text)).singleElement().isInstanceOf(invalid());
  }

  private static Class<CentrifugalCommand.Invalid> invalid() {
    return CentrifugalCommand.Invalid.class;
  }

  @Test
  void nestingIsBounded() {
    String deep = "[".repeat(2_000) + "]".repeat(2_000);
    assertThat(read("{\"id\":1,\"rpc\":{\"method\":\"a\",\"data\":" + deep + "}}"))
        .singleElement()
        .isInstanceOf(invalid());
  }
}
