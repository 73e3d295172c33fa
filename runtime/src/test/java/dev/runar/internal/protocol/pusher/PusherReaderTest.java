package dev.runar.internal.protocol.pusher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PusherReaderTest {
  private static PusherFrame read(String text) {
    byte[] bytes = ("##" + text + "##").getBytes(UTF_8);
    return PusherReader.read(bytes, 2, bytes.length - 4);
  }

  @Test
  void subscribe() {
    assertThat(read("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\",\"auth\":\"\"}}"))
        .isEqualTo(new PusherFrame.Subscribe("a", "", null));
    assertThat(
            read(
                "{\"data\":{\"channel_data\":\"{}\",\"auth\":\"k:s\",\"channel\":\"a\",\"x\":[{}]},"
                    + "\"event\":\"pusher:subscribe\",\"id\":7}"))
        .isEqualTo(new PusherFrame.Subscribe("a", "k:s", "{}"));
    assertThat(read("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\",\"auth\":null}}"))
        .isEqualTo(new PusherFrame.Subscribe("a", null, null));
  }

  @Test
  void p20dataMayBeAStringThatHoldsTheObject() {
    assertThat(
            read(
                "{\"event\":\"pusher:subscribe\","
                    + "\"data\":\"{\\\"channel\\\":\\\"\\u00e9\\\"}\"}"))
        .isEqualTo(new PusherFrame.Subscribe("é", null, null));
  }

  @Test
  void unsubscribeSigninPingPong() {
    assertThat(read("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"a\"}}"))
        .isEqualTo(new PusherFrame.Unsubscribe("a"));
    assertThat(
            read("{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"k:s\",\"user_data\":\"{}\"}}"))
        .isEqualTo(new PusherFrame.Signin("k:s", "{}"));
    assertThat(read("{\"event\":\"pusher:ping\"}")).isEqualTo(new PusherFrame.Ping());
    assertThat(read("{\"event\":\"pusher:pong\",\"data\":[]}")).isEqualTo(new PusherFrame.Pong());
  }

  @Test
  void p45theDataOfAClientEventIsTheTextThatCame() {
    assertThat(
            read("{\"event\":\"client-a\",\"channel\":\"c\",\"data\":{ \"é\" : 1.00 }, \"x\":1}"))
        .isEqualTo(new PusherFrame.ClientEvent("client-a", "c", Payload.json("{ \"é\" : 1.00 }")));
    assertThat(read("{\"event\":\"client-a\",\"channel\":\"c\"}"))
        .isEqualTo(new PusherFrame.ClientEvent("client-a", "c", Payload.json("null")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{\"event\":null}",
        "{\"event\":\"\"}",
        "{\"event\":\"pusher:ping\"}}",
        "{\"event\":\"pusher:ping\"} {}",
        "{\"event\":\"pusher:unknown\"}",
        "{\"event\":\"pusher_internal:member_added\",\"channel\":\"c\"}",
        "{\"event\":\"said\",\"channel\":\"c\"}",
        "{\"event\":\"client-a\"}",
        "{\"event\":\"client-a\",\"channel\":[\"c\"]}",
        "{\"event\":\"pusher:subscribe\",\"data\":{}}",
        "{\"event\":\"pusher:subscribe\",\"data\":null}",
        "{\"event\":\"pusher:subscribe\",\"data\":\"channel\"}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\",\"channel_data\":{}}}",
        "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"k:s\"}}"
      })
  void p14WhatIsNoFrame(String text) {
    assertThat(read(text)).isInstanceOf(PusherFrame.Invalid.class);
  }
}
