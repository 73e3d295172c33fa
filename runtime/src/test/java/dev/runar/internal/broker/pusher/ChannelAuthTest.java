package dev.runar.internal.broker.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.App;
import dev.runar.internal.protocol.pusher.Signature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ChannelAuthTest {
  private static final String TEXT = "1.1:private-x";
  private final App app = App.of("1", "key", "secret");
  private final String signature = Signature.sign("secret", TEXT);

  @Test
  void p24TheKeyMustBeThatOfTheApp() {
    assertThat(ChannelAuth.isSigned(app, "key:" + signature, TEXT)).isTrue();
    assertThat(ChannelAuth.isSigned(app, "other:" + signature, TEXT)).isFalse();
    assertThat(ChannelAuth.isSigned(app, ":" + signature, TEXT)).isFalse();
    assertThat(ChannelAuth.isSigned(app, signature, TEXT)).isFalse();
    assertThat(ChannelAuth.isSigned(app, "", TEXT)).isFalse();
    assertThat(ChannelAuth.isSigned(app, null, TEXT)).isFalse();
  }

  @Test
  void p25TheSignatureMustBeThatOfTheText() {
    assertThat(ChannelAuth.isSigned(app, "key:" + signature, "1.2:private-x")).isFalse();
    assertThat(ChannelAuth.isSigned(app, "key:" + signature + "0", TEXT)).isFalse();
    assertThat(ChannelAuth.isSigned(app, "key:", TEXT)).isFalse();
  }
}
