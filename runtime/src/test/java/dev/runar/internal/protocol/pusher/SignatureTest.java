package dev.runar.internal.protocol.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the protocol's documentation: its key is 278d425bdf160c739803. */
@Timeout(20)
class SignatureTest {
  private static final String SECRET = "7ad3773142a6692b25b8";
  private static final String SOCKET = "1234.1234";

  @Test
  void p21APrivateChannelIsSignedAsDocumented() {
    String text = Signature.ofSubscription(SOCKET, "private-foobar", null);
    assertThat(text).isEqualTo("1234.1234:private-foobar");
    assertThat(Signature.sign(SECRET, text))
        .isEqualTo("58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4");
  }

  @Test
  void p22APresenceChannelIsSignedWithTheVeryTextOfItsData() {
    String data = "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}";
    String text = Signature.ofSubscription(SOCKET, "presence-foobar", data);
    assertThat(Signature.sign(SECRET, text))
        .isEqualTo("31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80");
    assertThat(Signature.sign(SECRET, text.replace(":10,", ": 10,")))
        .isNotEqualTo(Signature.sign(SECRET, text));
    String earlier = text.replace("Channels", "Pusher"); // of an earlier edition
    assertThat(Signature.sign(SECRET, earlier))
        .isEqualTo("afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c");
  }

  @Test
  void p51ASigninIsSignedAsDocumented() {
    String text = Signature.ofSignin(SOCKET, "{\"id\":\"12345\"}");
    assertThat(text).isEqualTo("1234.1234::user::{\"id\":\"12345\"}");
    assertThat(Signature.sign(SECRET, text))
        .isEqualTo("4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba");
  }

  @Test
  void p25ASignatureIsOfOneTextAndOneSecret() {
    String right = Signature.sign(SECRET, "a.1:private-x");
    assertThat(Signature.matches(right, SECRET, "a.1:private-x")).isTrue();
    assertThat(Signature.matches(right, SECRET, "a.2:private-x")).isFalse();
    assertThat(Signature.matches(right, "another", "a.1:private-x")).isFalse();
    assertThat(Signature.matches("", SECRET, "a.1:private-x")).isFalse();
  }
}
