package dev.runar.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.PortChoice.Cors;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose cookies those see who say who a client is. */
class CorsRulesTest {
  private static final Cors NOBODY = Cors.OFF;
  private static final Cors APP = app(true);

  private static Cors app(boolean credentials) {
    return new Cors(
        List.of("https://app.example"), List.of(), List.of(), credentials, Duration.ofMinutes(1));
  }

  private static Map<String, String> seen(Cors config, Map<String, String> sent) {
    var headers = new HashMap<>(sent);
    headers.put("cookie", "key=of-ada");
    headers.put("host", "chat.example");
    return new CorsRules(config).ofClient(new HttpRequest("GET", "/connection/sse", "", headers));
  }

  @ParameterizedTest
  @CsvSource({
    "https://chat.example, true",
    "http://CHAT.example, true",
    "https://chat.example:8443, false",
    "https://evil.example, false",
    "https://app.example, false",
    "https://chat.example.evil, false",
    "null, false",
  })
  void anOriginMustBeThatOfTheNode(String origin, boolean shown) {
    assertThat(seen(NOBODY, Map.of("origin", origin)).containsKey("cookie")).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"none, true", "same-origin, true", "same-site, false", "cross-site, false"})
  void aLinkOnAnotherPageShowsNoCookies(String site, boolean shown) {
    assertThat(seen(NOBODY, Map.of("sec-fetch-site", site)).containsKey("cookie")).isEqualTo(shown);
  }

  @Test
  void whoIsNoPageShowsThem() {
    assertThat(seen(NOBODY, Map.of())).containsEntry("cookie", "key=of-ada");
  }

  @Test
  void aPageThatIsLetInWithCredentialsShowsThem() {
    Map<String, String> fromApp = Map.of("origin", "https://app.example");
    assertThat(seen(APP, fromApp)).containsKey("cookie");
    assertThat(seen(app(false), fromApp)).doesNotContainKey("cookie");
    assertThat(seen(APP, Map.of("origin", "https://evil.example"))).doesNotContainKey("cookie");
  }

  @Test
  void allElseIsAsItCame() {
    assertThat(seen(NOBODY, Map.of("origin", "https://evil.example", "authorization", "Bearer t")))
        .isEqualTo(
            Map.of(
                "host", "chat.example",
                "origin", "https://evil.example",
                "authorization", "Bearer t"));
  }
}
