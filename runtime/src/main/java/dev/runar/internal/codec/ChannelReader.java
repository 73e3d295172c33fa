package dev.runar.internal.codec;

import dev.runar.channels.ChannelRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads what a configuration says of channels. Stateless. */
final class ChannelReader {
  /** The key that the rules are under. */
  static final String KEY = "channels";

  private static final int MOST = 1_000;

  private ChannelReader() {}

  static List<ChannelRule> rules(@Nullable Object given, UnaryOperator<String> sources) {
    if (!(given instanceof List<?> list) || list.size() > MOST) {
      throw ConfigReader.wrong(
          sources.apply(KEY) + ": " + KEY + " must be a list of at most " + MOST + " rules");
    }
    var rules = new ArrayList<ChannelRule>();
    for (Object one : list) {
      String path = KEY + "." + rules.size();
      if (!(one instanceof Map<?, ?> fields)) {
        throw ConfigReader.wrong(sources.apply(path) + ": " + path + " must be an object");
      }
      if (!fields.containsKey("pattern")) {
        throw ConfigReader.wrong(
            sources.apply(path)
                + ": "
                + path
                + ".pattern is missing: the topics that it is for, as in chat/*");
      }
      rules.add((ChannelRule) ConfigReader.read(ChannelRule.DEFAULT, one, sources, path + "."));
    }
    return List.copyOf(rules);
  }
}
