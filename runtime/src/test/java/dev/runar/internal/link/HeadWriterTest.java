package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the head of a frame is as text. */
class HeadWriterTest {
  @Test
  void membersStandInTheirOrder() {
    Payload head =
        new HeadWriter()
            .text("path", "default:math/add")
            .plain("traceparent", "00-1-2-01")
            .number("timestamp", -1)
            .isTrue("manual")
            .value("identity", Payload.object("kind", "json"))
            .texts("meta", Map.of("a", "b"))
            .done();

    assertThat(head.text())
        .isEqualTo(
            "{\"path\":\"default:math/add\",\"traceparent\":\"00-1-2-01\",\"timestamp\":-1,"
                + "\"manual\":true,\"identity\":{\"kind\":\"json\"},\"meta\":{\"a\":\"b\"}}");
  }

  @Test
  void whatIsNotThereIsNotSaid() {
    assertThat(new HeadWriter().done().text()).isEqualTo("{}");
    assertThat(new HeadWriter().texts("meta", Map.of()).done().text()).isEqualTo("{}");
  }

  @Test
  void textsAreEscaped() {
    Payload head = new HeadWriter().text("topic", "a\"b\\c\né😀\0").done();

    assertThat(head.asMap()).isEqualTo(Map.of("topic", "a\"b\\c\né😀\0"));
  }
}
