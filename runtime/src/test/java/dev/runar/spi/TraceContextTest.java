package dev.runar.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of W3C Trace Context, there and back. */
class TraceContextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000010000000000000000-0000000000000001-00",
        "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff",
        "00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-a5"
      })
  void traceparent(String text) {
    TraceContext context = TraceContext.parse(text, "").orElseThrow();

    assertThat(context.traceparent()).isEqualTo(text);
    assertThat(context.traceId()).isEqualTo(text.substring(3, 35));
    assertThat(context.spanId()).isEqualTo(text.substring(36, 52));
  }

  @Test
  void child_isInTheSameTrace() {
    var context = new TraceContext(0x1L, 0x2L, 0x3L, TraceContext.SAMPLED, "vendor=1");

    assertThat(context.child(-1).traceparent())
        .isEqualTo("00-00000000000000010000000000000002-ffffffffffffffff-01");
    assertThat(context.child(-1).tracestate()).isEqualTo("vendor=1");
  }
}
