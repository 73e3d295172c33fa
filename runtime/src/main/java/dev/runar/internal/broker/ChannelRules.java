package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import java.util.List;

/** What each channel promises, by its topic: the first rule that matches counts. Immutable. */
final class ChannelRules {
  private record Compiled(TopicPattern pattern, ChannelRule rule) {
    /** As in patterns that clients subscribe to, a wildcard in the first place sees no dollar. */
    boolean matches(TopicPath topic) {
      return pattern.matches(topic)
          && (!topic.service().startsWith("$") || pattern.segments().get(0).startsWith("$"));
    }
  }

  private final List<Compiled> rules;

  /** What the topics of channels that remember begin with. */
  private final String[] remembering;

  /**
   * Makes them.
   *
   * @throws RunarException {@code CONFIG} for a pattern that is none
   */
  ChannelRules(List<ChannelRule> rules, String networkId) {
    this.rules = rules.stream().map(rule -> compiled(rule, networkId)).toList();
    this.remembering =
        this.rules.stream()
            .filter(compiled -> compiled.rule().history() > 0)
            .map(compiled -> beginning(compiled.pattern(), networkId))
            .distinct()
            .toArray(String[]::new);
  }

  /** What every topic begins with that matches, as topics of this node are spelled. */
  private static String beginning(TopicPattern pattern, String networkId) {
    String spelling = pattern.network().equals(networkId) ? pattern.text() : pattern.full();
    int end = 0;
    while (end < spelling.length() && "*>{".indexOf(spelling.charAt(end)) < 0) {
      end++;
    }
    return spelling.substring(0, end);
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
      if (compiled.matches(topic)) {
        return compiled.rule();
      }
    }
    return ChannelRule.DEFAULT;
  }

  /** Whether any channel remembers anything. */
  boolean remembers() {
    return remembering.length > 0;
  }

  /** False: the channel of this topic remembers nothing. Costs nearly nothing. */
  boolean mayRemember(String topic) {
    for (String beginning : remembering) {
      if (topic.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }
}
