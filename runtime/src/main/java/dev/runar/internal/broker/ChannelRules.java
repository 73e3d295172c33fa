package dev.runar.internal.broker;

import dev.runar.channels.ChannelRule;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import java.util.List;

/** What each channel promises, by its topic: the first rule that matches counts. Immutable. */
final class ChannelRules {
  private record Compiled(TopicPattern pattern, ChannelRule rule) {}

  private final List<Compiled> rules;
  private final boolean remembers;

  /**
   * Makes them.
   *
   * @throws dev.runar.RunarException {@code INVALID_PATH} for a pattern that is none
   */
  ChannelRules(List<ChannelRule> rules, String networkId) {
    this.rules =
        rules.stream()
            .map(rule -> new Compiled(TopicPattern.parse(rule.pattern(), networkId), rule))
            .toList();
    this.remembers = rules.stream().anyMatch(rule -> rule.history() > 0);
  }

  /** The rule of a topic; {@link ChannelRule#DEFAULT} if none matches. */
  ChannelRule of(TopicPath topic) {
    for (Compiled compiled : rules) {
      if (compiled.pattern().matches(topic)) {
        return compiled.rule();
      }
    }
    return ChannelRule.DEFAULT;
  }

  /** Whether any channel remembers anything. */
  boolean remembers() {
    return remembers;
  }
}
