package dev.runar.internal.protocol.pusher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class SignedDataTest {
  @Test
  void aMemberHasAnIdAndTheVeryTextOfItsInfo() {
    ChannelData data =
        ChannelData.read("{\"x\":[{}],\"user_info\": {\"n\": \"ä\\u00e4\"} ,\"user_id\":\"a\"}")
            .orElseThrow();
    assertThat(data.userId()).isEqualTo("a");
    assertThat(Objects.requireNonNull(data.userInfo()).text()).isEqualTo("{\"n\": \"ä\\u00e4\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"user_id\":10}", "{\"user_id\":\"10\"}"})
  void p34ANumberIsTheSameIdAsItsText(String text) {
    assertThat(ChannelData.read(text).orElseThrow().userId()).isEqualTo("10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"user_id\":\"\"}",
        "{\"user_id\":null}",
        "{\"user_id\":true}",
        "{\"user_id\":[1]}",
        "{\"user_id\":{\"user_id\":1}}"
      })
  void p35WithoutAnIdItNamesNobody(String text) {
    assertThat(ChannelData.read(text).orElseThrow().userId()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "\"a\"", "{", "{\"user_id\":1}}", "{\"user_id\":01}"})
  void whatIsNoObjectIsNothing(String text) {
    assertThat(ChannelData.read(text)).isEmpty();
    assertThat(UserData.read(text)).isEmpty();
  }

  @Test
  void aUserHasAWatchlistOfIdsEachOnce() {
    UserData data =
        UserData.read("{\"id\":7,\"user_info\":{\"a\":1},\"watchlist\":[\"x\",8,\"x\"]}")
            .orElseThrow();
    assertThat(data).isEqualTo(new UserData("7", Payload.json("{\"a\":1}"), List.of("x", "8")));
    assertThat(UserData.read("{\"id\":\"7\",\"watchlist\":null}").orElseThrow().watchlist())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"id\":\"\"}",
        "{\"id\":null}",
        "{\"user_id\":\"a\"}",
        "{\"id\":\"a\",\"watchlist\":\"b\"}",
        "{\"id\":\"a\",\"watchlist\":[null]}",
        "{\"id\":\"a\",\"watchlist\":[[\"b\"]]}"
      })
  void p53WithoutAnIdNobodySignsIn(String text) {
    assertThat(UserData.read(text)).isEmpty();
  }

  @Test
  void p31TheListOfMembersIsJsonInAString() {
    var a = new MemberText("a\"", Payload.json("{\"n\":\"ä\"}"));
    var b = new MemberText("b", null);
    assertThat(new String(MemberText.list("presence-x", List.of(a, b)), UTF_8))
        .isEqualTo(
            "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"presence-x\","
                + "\"data\":\"{\\\"presence\\\":{\\\"ids\\\":[\\\"a\\\\\\\"\\\",\\\"b\\\"],"
                + "\\\"hash\\\":{\\\"a\\\\\\\"\\\":{\\\"n\\\":\\\"ä\\\"},\\\"b\\\":null},"
                + "\\\"count\\\":2}}\"}");
  }

  @Test
  void p32ComingAndGoingIsPublishedWithDataThatBecomesAString() {
    var a = new MemberText("a", Payload.json("{\"n\":1}"));
    byte[] head = PusherWriter.head("$app/1/presence-x");
    assertThat(new String(PusherWriter.publication(head, a.added()), UTF_8))
        .isEqualTo(
            "{\"channel\":\"presence-x\",\"event\":\"pusher_internal:member_added\","
                + "\"data\":\"{\\\"user_id\\\":\\\"a\\\",\\\"user_info\\\":{\\\"n\\\":1}}\"}");
    assertThat(new String(PusherWriter.publication(head, a.removed()), UTF_8))
        .isEqualTo(
            "{\"channel\":\"presence-x\",\"event\":\"pusher_internal:member_removed\","
                + "\"data\":\"{\\\"user_id\\\":\\\"a\\\"}\"}");
  }

  @Test
  void p57WatchlistEventsNameOnlyWhatThereIs() {
    assertThat(WatchlistWriter.events(List.of("a", "b"), List.of("c")).text())
        .isEqualTo(
            "{\"event\":\"pusher_internal:watchlist_events\",\"data\":{\"events\":["
                + "{\"name\":\"online\",\"user_ids\":[\"a\",\"b\"]},"
                + "{\"name\":\"offline\",\"user_ids\":[\"c\"]}]}}");
    assertThat(WatchlistWriter.events(List.of(), List.of("c")).text())
        .isEqualTo(
            "{\"event\":\"pusher_internal:watchlist_events\",\"data\":{\"events\":["
                + "{\"name\":\"offline\",\"user_ids\":[\"c\"]}]}}");
  }
}
