package dev.runar.internal.protocol.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.Client;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicWriterTest {

  @Test
  void aPublicationCarriesThePayloadByteForByte() {
    assertThat(publication("a/b", 7, Payload.json("{\"x\" :1}")))
        .isEqualTo("{\"topic\":\"a/b\",\"data\":{\"x\" :1},\"offset\":7}");
    assertThat(publication("a\"ä", 1, Payload.encoded(Kind.BYTES, new byte[] {1, 2, 3})))
        .isEqualTo("{\"topic\":\"a\\\"ä\",\"bytes\":\"AQID\",\"offset\":1}");
  }

  @Test
  void everyFrameHasItsText() {
    assertThat(text(new TopicFrame.Subscribed("a", 3, "e-1", -1, null, "1")))
        .isEqualTo("{\"subscribed\":\"a\",\"offset\":3,\"epoch\":\"e-1\",\"id\":1}");
    assertThat(text(new TopicFrame.Subscribed("a/*", -1, "", -1, null, null)))
        .isEqualTo("{\"subscribed\":\"a/*\"}");
    assertThat(text(new TopicFrame.Subscribed("a", 3, "e", -1, false, null)))
        .isEqualTo("{\"subscribed\":\"a\",\"offset\":3,\"epoch\":\"e\",\"recovered\":false}");
    var past =
        List.of(
            new TopicFrame.Past(1, Payload.json("[]")),
            new TopicFrame.Past(2, Payload.bytes(new byte[] {1, 2, 3})));
    assertThat(text(new TopicFrame.Page(past, 2, "e", "7")))
        .isEqualTo(
            "{\"history\":[{\"data\":[],\"offset\":1},{\"bytes\":\"AQID\",\"offset\":2}],"
                + "\"offset\":2,\"epoch\":\"e\",\"id\":7}");
    assertThat(text(new TopicFrame.Gap("a", 3, 5)))
        .isEqualTo("{\"gap\":{\"topic\":\"a\",\"from\":3,\"to\":5}}");
    assertThat(text(new TopicFrame.Unsubscribed("a", null))).isEqualTo("{\"unsubscribed\":\"a\"}");
    assertThat(text(new TopicFrame.Published("a", "\"k\"", 3, 2, 1, 9)))
        .isEqualTo(
            "{\"published\":\"a\",\"id\":\"k\",\"matched\":3,\"queued\":2,\"refused\":1,\"clients\":9}");
    assertThat(text(new TopicFrame.Result("5", Payload.json("8"))))
        .isEqualTo("{\"id\":5,\"result\":8}");
    assertThat(text(new TopicFrame.Failed(Code.NOT_FOUND, "no \"x\"\n", "5")))
        .isEqualTo("{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"no \\\"x\\\"\\n\"},\"id\":5}");
    assertThat(text(new TopicFrame.Topics(List.of("a", "b"), null)))
        .isEqualTo("{\"topics\":[\"a\",\"b\"]}");
    assertThat(text(new TopicFrame.Connected("s1", "ada", "s1", 0, "1")))
        .isEqualTo(
            "{\"connected\":{\"session\":\"s1\",\"user\":\"ada\",\"client\":\"s1\"},\"id\":1}");
    assertThat(text(new TopicFrame.Connected("s1", "", "phone", 60, null)))
        .isEqualTo(
            "{\"connected\":{\"session\":\"s1\",\"user\":\"\",\"client\":\"phone\",\"expires\":60}}");
    var ada = new Client("ada", "phone", Payload.json("{\"n\":1}"));
    var nobody = new Client("", "s2", null);
    assertThat(text(new TopicFrame.Members(List.of(ada, nobody), "1")))
        .isEqualTo(
            "{\"presence\":[{\"client\":\"phone\",\"user\":\"ada\",\"info\":{\"n\":1}},"
                + "{\"client\":\"s2\",\"user\":\"\"}],\"id\":1}");
    assertThat(text(new TopicFrame.MemberNews(true, "a", nobody)))
        .isEqualTo("{\"joined\":\"a\",\"member\":{\"client\":\"s2\",\"user\":\"\"}}");
    assertThat(text(new TopicFrame.MemberNews(false, "a", nobody)))
        .isEqualTo("{\"left\":\"a\",\"member\":{\"client\":\"s2\",\"user\":\"\"}}");
    assertThat(text(new TopicFrame.Pong(Payload.json("[1]")))).isEqualTo("{\"pong\":[1]}");
  }

  private static String publication(String topic, long offset, Payload payload) {
    return new String(TopicWriter.publication(TopicWriter.head(topic), offset, payload), UTF_8);
  }

  private static String text(TopicFrame.Outbound frame) {
    return new String(TopicWriter.write(frame), UTF_8);
  }
}
