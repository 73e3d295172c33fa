package dev.runar.internal.boot;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.History;
import dev.runar.internal.broker.HistoryRange;
import dev.runar.internal.broker.Remembered;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pages of what channels remember, as programs ask for them. Stateless; any thread. */
final class ChannelPages {
  private static final int USUAL = 100;
  private static final int MOST = 1_000;

  private ChannelPages() {}

  /**
   * Reads a page.
   *
   * @param input {@code topic}, and perhaps {@code limit}, {@code since} and {@code reverse}
   * @throws RunarException {@code NOT_FOUND} for a topic whose channel remembers nothing, {@code
   *     INVALID_INPUT}, {@code INVALID_PATH}
   */
  static Payload read(Broker broker, Payload input) {
    if (!(input.value() instanceof Map<?, ?> asked)
        || !(asked.get("topic") instanceof String topic)) {
      throw invalid("topic must be a text");
    }
    if (broker.rule(topic).history() == 0) {
      throw History.nothing(topic);
    }
    History history = broker.history(topic, range(asked));
    return Payload.of(
        Map.of(
            "publications", history.publications().stream().map(ChannelPages::shown).toList(),
            "offset", history.position().offset(),
            "epoch", history.position().epoch()));
  }

  private static Map<String, @Nullable Object> shown(Remembered one) {
    var shown = new LinkedHashMap<String, @Nullable Object>();
    shown.put("offset", one.offset());
    Payload own = Payload.encoded(one.payload().kind(), one.payload().encoded());
    shown.put("data", own.value()); // which is not kept with what is remembered
    return shown;
  }

  private static HistoryRange range(Map<?, ?> asked) {
    return new HistoryRange(
        since(asked.get("since")), limit(asked.get("limit")), reverse(asked.get("reverse")));
  }

  private static int limit(@Nullable Object given) {
    if (given == null) {
      return USUAL;
    }
    if (given instanceof Integer limit && limit >= 0 && limit <= MOST) {
      return limit;
    }
    throw invalid("limit must be a whole number from 0 to " + MOST);
  }

  private static boolean reverse(@Nullable Object given) {
    if (given == null || given instanceof Boolean) {
      return Boolean.TRUE.equals(given);
    }
    throw invalid("reverse must be true or false");
  }

  private static Broker.@Nullable Since since(@Nullable Object given) {
    if (given == null) {
      return null;
    }
    if (given instanceof Map<?, ?> since
        && since.get("epoch") instanceof String epoch
        && (since.get("offset") instanceof Integer || since.get("offset") instanceof Long)
        && since.get("offset") instanceof Number offset
        && offset.longValue() >= 0) {
      return new Broker.Since(offset.longValue(), epoch);
    }
    throw invalid("since must be { offset, epoch }, as a history or a subscription tells them");
  }

  private static RunarException invalid(String problem) {
    return new RunarException(Code.INVALID_INPUT, problem);
  }
}
