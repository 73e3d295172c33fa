package dev.runar.internal.protocol.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class TopicReaderTest {

  @Test
  void everyVerbIsRead() {
    assertThat(read("{\"subscribe\":\"a/*\",\"id\":7}"))
        .isEqualTo(new TopicFrame.Subscribe("a/*", null, false, "7"));
    assertThat(read("{\"id\":\"x\",\"unsubscribe\":\"a\"}"))
        .isEqualTo(new TopicFrame.Unsubscribe("a", "\"x\""));
    assertThat(read("{\"publish\":\"a\",\"data\":{\"n\":1}}"))
        .isEqualTo(new TopicFrame.Publish("a", Payload.json("{\"n\":1}"), null));
    assertThat(read("{\"publish\":\"a\"}"))
        .isEqualTo(new TopicFrame.Publish("a", Payload.json("null"), null));
    assertThat(read("{\"request\":\"math/add\",\"data\":[5,3],\"id\":1,\"timeout\":250}"))
        .isEqualTo(new TopicFrame.Request("math/add", Payload.json("[5,3]"), "1", 250));
    assertThat(read("{\"subscribe\":\"a\",\"since\":{\"epoch\":\"e\",\"offset\":3}}"))
        .isEqualTo(new TopicFrame.Subscribe("a", new TopicFrame.Since(3, "e"), false, null));
    assertThat(read("{\"subscribe\":\"a\",\"members\":true}"))
        .isEqualTo(new TopicFrame.Subscribe("a", null, true, null));
    assertThat(read("{\"presence\":\"a\",\"id\":1}"))
        .isEqualTo(new TopicFrame.ReadPresence("a", "1"));
    assertThat(read("{\"history\":\"a\",\"id\":1}"))
        .isEqualTo(new TopicFrame.ReadHistory("a", null, 100, false, "1"));
    assertThat(read("{\"history\":\"a\",\"limit\":1000,\"reverse\":true,\"id\":1}"))
        .isEqualTo(new TopicFrame.ReadHistory("a", null, 1_000, true, "1"));
    assertThat(read("{\"list\":true}")).isEqualTo(new TopicFrame.ListTopics(null, null));
    assertThat(read("{\"list\":\"a/>\"}")).isEqualTo(new TopicFrame.ListTopics("a/>", null));
    assertThat(read("{\"connect\":{}}")).isEqualTo(new TopicFrame.Connect("", null, null));
    assertThat(read("{\"id\":1,\"connect\":{\"client\":\"c\",\"token\":\"t\"}}"))
        .isEqualTo(new TopicFrame.Connect("t", "c", "1"));
    assertThat(read("{\"ping\":[1]}")).isEqualTo(new TopicFrame.Ping(Payload.json("[1]")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"publish\":\"t\",\"data\":  {\"a\" : [1, 2] }  }|{\"a\" : [1, 2] }",
        "{\"data\":-1.50e+3 ,\"publish\":\"t\"}|-1.50e+3",
        "{\"data\":\"\\u00e4 \\\" }\",\"publish\":\"t\"}|\"\\u00e4 \\\" }\"",
        "{\"data\":\"ä€😀\",\"publish\":\"t\"}|\"ä€😀\"",
        "{\"data\":true,\"publish\":\"t\"}|true",
        "{\"data\":12345678901234567890123,\"publish\":\"t\"}|12345678901234567890123",
        "{\"data\":{\"a\":1,\"a\":2,\"__proto__\":3},\"publish\":\"t\"}|{\"a\":1,\"a\":2,\"__proto__\":3}",
        "{\"data\":[],\"publish\":\"t\"}|[]"
      })
  void thePayloadIsTheVeryBytesThatCame(String frame, String payload) {
    assertThat(read(frame)).isEqualTo(new TopicFrame.Publish("t", Payload.json(payload), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|JSON object",
        "hello|not JSON",
        "{|not JSON",
        "{\"publish\":\"t\",\"data\":}|not JSON",
        "{\"publish\":\"t\",\"data\":NaN}|not JSON",
        "{\"publish\":\"t\",\"data\":01}|not JSON",
        "{\"publish\":\"t\",\"data\":'x'}|not JSON",
        "{\"publish\":\"t\",\"data\":[1,]}|not JSON",
        "{\"publish\":\"t\",\"data\":\"unended}|not JSON",
        "{\"publish\":\"t\"} {}|after the frame",
        "{\"publish\":\"t\"}}|not JSON",
        "[]|JSON object",
        "3|JSON object",
        "{}|needs one verb",
        "{\"id\":1}|needs one verb",
        "{\"publish\":\"t\",\"subscribe\":\"t\"}|one verb",
        "{\"publish\":\"t\",\"publish\":\"u\"}|twice",
        "{\"publish\":\"t\",\"data\":1,\"data\":2}|twice",
        "{\"publish\":7}|must be a string",
        "{\"subscribe\":null}|must be a string",
        "{\"list\":1}|string or true",
        "{\"list\":false}|string or true",
        "{\"subscrieb\":\"t\"}|did you mean \"subscribe\"",
        "{\"publihs\":\"t\"}|did you mean \"publish\"",
        "{\"frobnicate\":\"t\"}|known keys are",
        "{\"presence\":\"t\"}|needs an \"id\"",
        "{\"subscribe\":\"t\",\"members\":1}|true or false",
        "{\"subscribe\":\"t\",\"members\":true,\"members\":true}|twice",
        "{\"publish\":\"t\",\"members\":true}|goes with subscribe",
        "{\"connect\":\"t\"}|\"connect\" must be",
        "{\"connect\":{\"tokn\":\"t\"}}|\"connect\" must be",
        "{\"connect\":{\"token\":1}}|\"connect\" must be",
        "{\"connect\":{\"token\":\"\",\"token\":\"t\"}}|\"token\" is there twice",
        "{\"connect\":{\"client\":\"\"}}|\"client\" must be a string of 1 to 200",
        "{\"connect\":{\"client\":[1]}}|\"client\" must be a string of 1 to 200",
        "{\"connect\":{},\"data\":1}|\"data\" goes with publish and request",
        "{\"connect\":{},\"since\":{\"offset\":1,\"epoch\":\"e\"}}|goes with subscribe",
        "{\"subscribe\":\"t\",\"data\":1}|goes with publish and request",
        "{\"publish\":\"t\",\"timeout\":5}|goes with request",
        "{\"history\":\"t\"}|needs an \"id\"",
        "{\"history\":\"t\",\"id\":1,\"limit\":1001}|from 0 to 1000",
        "{\"history\":\"t\",\"id\":1,\"limit\":-1}|from 0 to 1000",
        "{\"history\":\"t\",\"id\":1,\"limit\":1.5}|from 0 to 1000",
        "{\"history\":\"t\",\"id\":1,\"limit\":99999999999999999999}|from 0 to 1000",
        "{\"history\":\"t\",\"id\":1,\"limit\":[1]}|from 0 to 1000",
        "{\"history\":\"t\",\"id\":1,\"limit\":1,\"limit\":1}|twice",
        "{\"history\":\"t\",\"id\":1,\"reverse\":1}|true or false",
        "{\"history\":\"t\",\"id\":1,\"reverse\":false,\"reverse\":true}|twice",
        "{\"subscribe\":\"t\",\"since\":3}|\"since\" must be",
        "{\"subscribe\":\"t\",\"since\":{}}|\"since\" must be",
        "{\"subscribe\":\"t\",\"since\":{\"offset\":-1,\"epoch\":\"e\"}}|\"since\" must be",
        "{\"subscribe\":\"t\",\"since\":{\"offset\":1.5,\"epoch\":\"e\"}}|\"since\" must be",
        "{\"subscribe\":\"t\",\"since\":{\"offset\":1,\"epoch\":{}}}|\"since\" must be",
        "{\"subscribe\":\"t\",\"since\":{\"offset\":1,\"epoch\":\"e\",\"x\":[]}}|\"since\" must be",
        "{\"publish\":\"t\",\"since\":{\"offset\":1,\"epoch\":\"e\"}}|goes with subscribe and"
            + " history",
        "{\"subscribe\":\"t\",\"limit\":1}|go with history",
        "{\"request\":\"t\"}|needs an \"id\"",
        "{\"request\":\"t\",\"id\":{}}|string or a number",
        "{\"request\":\"t\",\"id\":null}|string or a number",
        "{\"request\":\"t\",\"id\":1,\"timeout\":-5}|whole number of milliseconds",
        "{\"request\":\"t\",\"id\":1,\"timeout\":1.5}|whole number of milliseconds",
        "{\"request\":\"t\",\"id\":1,\"timeout\":99999999999}|whole number of milliseconds"
      })
  void aBadFrameSaysWhatIsWrong(String frame, String problem) {
    assertThat(read(frame)).isInstanceOf(TopicFrame.Invalid.class);
    assertThat(((TopicFrame.Invalid) read(frame)).problem()).contains(problem);
  }

  @Test
  void theIdOfABadFrameIsKept() {
    assertThat(read("{\"subscribe\":5,\"id\":\"q-1\"}"))
        .isEqualTo(new TopicFrame.Invalid("\"subscribe\" must be a string", "\"q-1\""));
  }

  @Test
  void deepNestingAndHugeNumbersAreRefused() {
    String deep = "[".repeat(100_000);
    assertThat(read("{\"publish\":\"t\",\"data\":" + deep)).isInstanceOf(TopicFrame.Invalid.class);
    String digits = "1".repeat(2_000);
    assertThat(read("{\"publish\":\"t\",\"data\":" + digits + "}"))
        .isInstanceOf(TopicFrame.Invalid.class);
    assertThat(read("{\"" + "k".repeat(60_000) + "\":1}")).isInstanceOf(TopicFrame.Invalid.class);
  }

  @Test
  void aFrameInTheMiddleOfABufferIsReadFromThere() {
    byte[] text = "xxx{\"publish\":\"t\",\"data\":[1]}yyy".getBytes(UTF_8);
    assertThat(TopicReader.read(text, 3, text.length - 6))
        .isEqualTo(new TopicFrame.Publish("t", Payload.json("[1]"), null));
  }

  @Test
  void randomlyDamagedFramesNeverThrow() {
    var random = new Random(42);
    byte[] good = "{\"request\":\"a/b\",\"data\":{\"x\":[1,2,\"ä\"]},\"id\":\"k\"}".getBytes(UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      assertThat(TopicReader.read(bad, 0, random.nextInt(bad.length + 1))).isNotNull();
    }
  }

  private static TopicFrame.Inbound read(String frame) {
    byte[] text = frame.getBytes(UTF_8);
    return TopicReader.read(text, 0, text.length);
  }
}
