package dev.runar.internal.sdk;

import dev.runar.ActionOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the SDK says of one subscription, as the node takes it. The SDK has checked it
 * (js-sdk/src/event.ts); a script can also call the host by itself, and what is wrong then is the
 * same error, {@code INVALID_INPUT}.
 */
final class SdkEventOptions {
  private final Map<?, ?> values;

  private SdkEventOptions(Map<?, ?> values) {
    this.values = values;
  }

  static SubscribeOptions of(@Nullable Object options) {
    return options instanceof Map<?, ?> values
        ? new SdkEventOptions(values).read()
        : SubscribeOptions.DEFAULT;
  }

  private SubscribeOptions read() {
    return new SubscribeOptions(
        replay(),
        text("group"),
        word("order", SubscribeOptions.Order.CONCURRENT, SubscribeOptions.Order.values()),
        word("ack", SubscribeOptions.Ack.AUTO, SubscribeOptions.Ack.values()),
        millis(values, "timeout", Duration.ZERO),
        retry(),
        text("deadLetter"),
        word("overflow", SubscribeOptions.Overflow.REFUSE, SubscribeOptions.Overflow.values()),
        number(values, "maxWaiting", 0).intValue());
  }

  private Duration replay() {
    Object given = values.get("replay") == null ? values.get("includePast") : values.get("replay");
    return switch (given) {
      case null -> Duration.ZERO;
      case Boolean all -> all ? SubscribeOptions.EVERYTHING : Duration.ZERO;
      default -> millis(values, "replay", Duration.ZERO);
    };
  }

  private ActionOptions.Retry retry() {
    ActionOptions.Retry never = ActionOptions.Retry.NEVER;
    return values.get("retry") instanceof Map<?, ?> retry
        ? new ActionOptions.Retry(
            number(retry, "attempts", never.attempts()).intValue(),
            millis(retry, "backoff", never.backoff()),
            millis(retry, "maxBackoff", never.maxBackoff()),
            number(retry, "jitter", never.jitter()).doubleValue())
        : never;
  }

  private String text(String name) {
    return switch (values.get(name)) {
      case null -> "";
      case String text -> text;
      default -> throw wrong(name, "a text");
    };
  }

  private <T extends Enum<T>> T word(String name, T otherwise, T[] all) {
    Object given = values.get(name);
    if (given == null) {
      return otherwise;
    }
    for (T each : all) {
      if (given.equals(each.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))) {
        return each;
      }
    }
    throw wrong(name, "one of the words that it may be");
  }

  private static Duration millis(Map<?, ?> from, String name, Duration otherwise) {
    Number given = number(from, name, -1);
    return from.get(name) == null ? otherwise : OperationOptions.millis(given, otherwise);
  }

  private static Number number(Map<?, ?> from, String name, Number otherwise) {
    return switch (from.get(name)) {
      case null -> otherwise;
      case Number number when number.doubleValue() >= 0 -> number;
      default -> throw wrong(name, "a number of 0 or more");
    };
  }

  private static RunarException wrong(String name, String wanted) {
    return new RunarException(
        Code.INVALID_INPUT, "option " + name + " of subscribe must be " + wanted);
  }
}
