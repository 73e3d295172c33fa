package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Configuration;
import dev.runar.Configuration.Setting;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ChannelsConfigTest {
  @TempDir Path folder;

  private Path file(String yaml) {
    try {
      return Files.writeString(folder.resolve("runar.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void rulesAreReadInTheirOrder() {
    NodeConfig config =
        NodeConfig.load(
            file(
                """
                channels:
                  - pattern: chat/*
                    history: 100
                    historyTtl: 60000
                    durable: true
                    slow: gap
                    presence: true
                    joinLeave: true
                    publish: true
                  - pattern: ">"
                """));
    assertThat(config.channels())
        .containsExactly(
            new ChannelRule(
                "chat/*", 100, Duration.ofMinutes(1), true, SlowPolicy.GAP, true, true, true),
            ChannelRule.of(">"));
  }

  @Test
  void eachValueIsPrintedWithItsOrigin() {
    Path file = file("channels: [{pattern: chat/*, history: 7}]");
    assertThat(
            Configuration.load(Configuration.Sources.NONE.withFile(file)).settings().stream()
                .filter(setting -> setting.key().startsWith("channels")))
        .extracting(Setting::key, Setting::value)
        .contains(
            org.assertj.core.groups.Tuple.tuple("channels.0.pattern", "chat/*"),
            org.assertj.core.groups.Tuple.tuple("channels.0.history", "7"),
            org.assertj.core.groups.Tuple.tuple("channels.0.slow", "disconnect"));
    assertThat(Configuration.load(Configuration.Sources.NONE).settings())
        .contains(new Setting("channels", "[]", "default"));
  }

  @Test
  void aVariableIsJson() {
    var sources =
        Configuration.Sources.NONE.withEnvironment(
            java.util.Map.of("RUNAR_CHANNELS", "[{\"pattern\":\"a/*\",\"slow\":\"latest\"}]"));
    assertThat(Configuration.load(sources).config().channels())
        .isEqualTo(List.of(ChannelRule.of("a/*").withSlow(SlowPolicy.LATEST)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "channels: 1 | channels must be a list of at most 1000 rules",
        "channels: [1] | channels.0 must be an object",
        "channels: [{history: 1}] | channels.0.pattern is missing",
        "channels: [{pattern: a, histroy: 1}] | did you mean 'channels.0.history'?",
        "channels: [{pattern: a, history: -1}] | channels.0.history must not be negative",
        "channels: [{pattern: a, history: 1000000}] | history must be from 0 to 100000",
        "channels: [{pattern: a, historyTtl: 0}] | historyTtl must be above 0",
        "channels: [{pattern: a, slow: wait}] | channels.0.slow must be one of disconnect, gap",
        "channels: [{pattern: ''}] | pattern must be a topic or a pattern"
      })
  void whatIsWrongIsNamed(String yaml, String problem) {
    assertThatThrownBy(() -> NodeConfig.load(file(yaml)))
        .isInstanceOf(RunarException.class)
        .hasMessageContaining("runar.yaml")
        .hasMessageContaining(problem.replace('\'', '"'));
  }
}
