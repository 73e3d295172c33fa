package dev.runar.internal.protocol.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ChannelEventTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"hällo ☕ 😀\"",
        "\"a \\\"b\\\" \\\\ \\u0000\"",
        "\"ends with \\\\\"",
        "{\"a\":[1,\"}\"]}",
        "null",
        "-1.5e3"
      })
  void whatIsWrittenIsReadAgain(String data) {
    for (String event : new String[] {"client-a", "", "ä", "a\"b\\c\n"}) {
      for (String userId : new String[] {null, "7", "ü\""}) {
        for (String except : new String[] {null, "12.34"}) {
          var written = new ChannelEvent(event, Payload.json(data), userId, except);
          assertThat(ChannelEvent.read(written.payload())).isEqualTo(written);
          assertThat(ChannelEvent.exceptOf(written.payload())).isEqualTo(except);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"data\":\"d\",\"event\":\"e\"}                  | e       | \"d\"",
        "{ \"event\" : \"e\" , \"data\" : \"d\" }          | e       | \"d\"",
        "{\"event\":\"e\",\"data\":\"d\"  }                | e       | \"d\"",
        "{\"event\":\"e\",\"data\":\"d\",\"more\":\"x\"}   | e       | \"d\"",
        "{\"event\":\"e\",\"data\":\"d\",\"data\":\"f\"}   | e       | \"f\"",
        "{\"event\":\"\\u0065\",\"data\":\"d\"}            | e       | \"d\"",
        "{\"event\":\"e\"}                                 | e       | null",
        "{\"socketId\":\"1.2\",\"data\":\"d\",\"event\":\"e\"} | e   | \"d\"",
        "{\"event\":5,\"data\":\"d\"}                      | message |"
            + " {\"event\":5,\"data\":\"d\"}",
        "[\"event\",\"data\"]                              | message | [\"event\",\"data\"]",
        "\"text\"                                          | message | \"text\"",
      })
  void whateverOthersPublishIsRead(String payload, String event, String data) {
    ChannelEvent read = ChannelEvent.read(Payload.json(payload));
    assertThat(read.event()).isEqualTo(event);
    assertThat(read.data().text()).isEqualTo(data);
  }

  @Test
  void whatIsOfNoUseToASubscriberIsNull() {
    assertThat(ChannelEvent.read(Payload.bytes(new byte[] {1})).data().text()).isEqualTo("null");
  }
}
