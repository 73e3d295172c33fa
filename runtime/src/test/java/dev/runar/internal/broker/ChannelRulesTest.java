package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.channels.ChannelRule;
import dev.runar.internal.topic.TopicPath;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ChannelRulesTest {
  private static final ChannelRule LOBBY = ChannelRule.of("chat/lobby");
  private static final ChannelRule CHAT =
      ChannelRule.of("chat/*").withHistory(10, Duration.ofSeconds(1));

  private static ChannelRule of(String topic, ChannelRule... rules) {
    return new ChannelRules(List.of(rules), "default").of(TopicPath.parse(topic, "default"));
  }

  @Test
  void theFirstThatMatchesCounts() {
    assertThat(of("chat/lobby", LOBBY, CHAT)).isEqualTo(LOBBY);
    assertThat(of("chat/lobby", CHAT, LOBBY)).isEqualTo(CHAT);
    assertThat(of("chat/1", LOBBY, CHAT)).isEqualTo(CHAT);
    assertThat(of("other/1", LOBBY, CHAT)).isEqualTo(ChannelRule.DEFAULT);
    assertThat(of("other:chat/1", LOBBY, CHAT)).isEqualTo(ChannelRule.DEFAULT);
  }

  @Test
  void theyRememberIfOneDoes() {
    assertThat(new ChannelRules(List.of(LOBBY, CHAT), "default").remembers()).isTrue();
    assertThat(new ChannelRules(List.of(LOBBY), "default").remembers()).isFalse();
  }

  @Test
  void aPatternThatIsNoneIsRefused() {
    assertThatThrownBy(() -> of("a", ChannelRule.of("chat//1")))
        .hasMessageStartingWith("channels: the pattern of a rule: ")
        .hasMessageContaining("chat//1");
  }
}
