package dev.runar.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PerMessageDeflateTest {
  private static final String AGREED =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  private static Optional<String> answer(String... offers) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (String offer : offers) {
      headers.add("Sec-WebSocket-Extensions", offer);
    }
    return PerMessageDeflate.answer(headers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits", // Chromium, Firefox and ws
        "permessage-deflate;client_max_window_bits=10",
        "permessage-deflate; client_max_window_bits=\"10\"",
        "permessage-deflate ; server_no_context_takeover ; client_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate"
      })
  void offersThatAreMet(String offer) {
    assertThat(answer(offer)).contains(AGREED);
  }

  @Test
  void aWindowThatIsAskedForIsConfirmed() {
    assertThat(answer("permessage-deflate; server_max_window_bits=15"))
        .contains(AGREED + "; server_max_window_bits=15");
    assertThat(answer("other", "permessage-deflate")).contains(AGREED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "other",
        "permessage-deflate; unknown",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=15",
        "permessage-deflate;"
      })
  void whatIsUnknownOrTwiceThereOrOutOfRangeIsDeclined(String offer) {
    assertThat(answer(offer)).isEmpty();
  }

  @Test
  void endlessOffersAreNotLookedAt() {
    assertThat(answer("other,".repeat(1_000) + "permessage-deflate")).isEmpty();
  }
}
