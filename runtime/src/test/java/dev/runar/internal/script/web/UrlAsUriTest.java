package dev.runar.internal.script.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UrlAsUriTest {
  @Test
  void whatAUriForbidsIsPercentEncoded() {
    assertThat(UrlAsUri.of("http://a:81/x|[y]^`?q={\"a\"|<b>}[1]\\^`"))
        .hasToString("http://a:81/x%7C%5By%5D%5E%60?q=%7B%22a%22%7C%3Cb%3E%7D[1]%5C%5E%60");
  }

  @Test
  void aPercentSignThatBeginsNoCodeIsEncoded() {
    assertThat(UrlAsUri.of("http://a/%20%zz?100%&%4")).hasToString("http://a/%20%25zz?100%25&%254");
  }

  @Test
  void whatAUriTakesStaysAsItIs() {
    String href = "wss://user@[::1]:81/a;b/~!*'(),:@&=+$-._%C3%BC?a=[b]/?#c";
    assertThat(UrlAsUri.of(href)).hasToString(href);
  }

  @Test
  void anAuthorityThatIsNoneIsRefused() {
    assertThatThrownBy(() -> UrlAsUri.of("http://a{b/"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
