package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
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
   * @throws RunarException {@code CONFIG} for a pattern that is none
   */
  ChannelRules(List<ChannelRule> rules, String networkId) {
    this.rules = rules.stream().map(rule -> compiled(rule, networkId)).toList();
    this.remembers = rules.stream().anyMatch(rule -> rule.history() > 0);
  }

  private static Compiled compiled(ChannelRule rule, String networkId) {
    try {
      return new Compiled(TopicPattern.parse(rule.pattern(), networkId), rule);
    } catch (RunarException e) {
      throw new RunarException(Code.CONFIG, "channels: the pattern of a rule: " + e.getMessage());
    }
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
