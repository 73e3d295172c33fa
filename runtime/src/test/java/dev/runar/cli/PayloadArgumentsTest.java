package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.cli.PayloadArguments.UsageException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadArgumentsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--a 5 --b 3             | {\"a\":5,\"b\":3}",
        "--a=5 --b=-3            | {\"a\":5,\"b\":-3}",
        "--a -3.5e2              | {\"a\":-3.5e2}",
        "--id 12345678901234567890 | {\"id\":12345678901234567890}",
        "--zip 007               | {\"zip\":\"007\"}",
        "--name Ann              | {\"name\":\"Ann\"}",
        "--name \"5\"            | {\"name\":\"5\"}",
        "--flag                  | {\"flag\":true}",
        "--flag --a 1            | {\"flag\":true,\"a\":1}",
        "--on false --none null  | {\"on\":false,\"none\":null}",
        "--list [1,2] --o {\"x\":1} | {\"list\":[1,2],\"o\":{\"x\":1}}",
        "--bad [1,               | {\"bad\":\"[1,\"}",
        "--empty=                | {\"empty\":\"\"}",
        "--url=a=b               | {\"url\":\"a=b\"}",
        "--dash -                | {\"dash\":\"-\"}",
        "--ü ß                   | {\"ü\":\"ß\"}",
        "{\"a\":5}               | {\"a\":5}",
        "[1]                     | [1]",
        "5                       | 5",
        "null                    | null",
      })
  void wordsBecomeAPayload(String words, String payload) {
    assertThat(parse(words.split(" ")).text()).isEqualTo(payload);
  }

  private static dev.runar.Payload parse(String... words) {
    return PayloadArguments.parse(List.of(words), new ByteArrayInputStream(new byte[0]));
  }

  @Test
  void noWordsAreNull() {
    assertThat(parse().value()).isNull();
  }

  @Test
  void aWordWithBlanksStaysOneString() {
    assertThat(parse("--text", "5 6 \"x\"\n").text()).isEqualTo("{\"text\":\"5 6 \\\"x\\\"\\n\"}");
  }

  @Test
  void aDashReadsStandardInput() {
    var in = new ByteArrayInputStream("{\"a\": \"ü\"}".getBytes(StandardCharsets.UTF_8));

    assertThat(PayloadArguments.parse(List.of("-"), in).asMap()).containsEntry("a", "ü");
  }

  @Test
  void badInputIsRefusedByName() {
    assertThatThrownBy(() -> parse("hello"))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "'hello' is not JSON (a string is written '\"hello\"'); or give fields: --name value");
    assertThatThrownBy(() -> parse("--a", "1", "2"))
        .hasMessage("unexpected '2'; each field is --name value");
    assertThatThrownBy(() -> parse("--a", "1", "--a", "2"))
        .hasMessage("--a is given twice; an array is --a '[1,2]'");
    assertThatThrownBy(() -> parse("1", "2"))
        .hasMessage("unexpected '2'; a payload is one JSON value, or --name value …");
    assertThatThrownBy(() -> parse("-x", "2"))
        .hasMessage("unexpected '-x'; a payload is one JSON value, or --name value …");
    var notUtf8 = new ByteArrayInputStream(new byte[] {'"', (byte) 0xff, '"'});
    assertThatThrownBy(() -> PayloadArguments.parse(List.of("-"), notUtf8))
        .hasMessage("standard input is not UTF-8 text");
    var long5 = new ByteArrayInputStream(new byte[PayloadArguments.MAX_INPUT_BYTES + 1]);
    assertThatThrownBy(() -> PayloadArguments.parse(List.of("-"), long5))
        .hasMessage("standard input is longer than 4194304 bytes");
  }
}
