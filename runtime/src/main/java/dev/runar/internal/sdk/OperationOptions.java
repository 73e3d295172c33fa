package dev.runar.internal.sdk;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.internal.node.Streams;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of one operation as JSON text says them, and the receipt as JSON text. Immutable; any
 * thread.
 *
 * <p>The SDK checks options before they cross. A script can also call the host by itself; what is
 * wrong then is the same error as the SDK's, {@code INVALID_INPUT}.
 */
public final class OperationOptions {
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

  private final String operation;
  private final Map<?, ?> values;

  private OperationOptions(String operation, Map<?, ?> values) {
    this.operation = operation;
    this.values = values;
  }

  public static RequestOptions request(@Nullable String json) {
    if (json == null) {
      return RequestOptions.DEFAULT;
    }
    OperationOptions options = read("request", json);
    return new RequestOptions(options.millis("timeout", Duration.ZERO), options.texts("meta"))
        .withHeaders(options.texts("headers"));
  }

  /** How a script wants to read a stream. */
  public record Stream(RequestOptions request, int readAhead) {}

  public static Stream stream(@Nullable String json) {
    if (json == null) {
      return new Stream(RequestOptions.DEFAULT, Streams.READ_AHEAD);
    }
    return new Stream(request(json), read("stream", json).readAhead());
  }

  private int readAhead() {
    return switch (values.get("readAhead")) {
      case null -> Streams.READ_AHEAD;
      case Integer items when items >= 1 && items <= Streams.MOST_READ_AHEAD -> items;
      default -> throw wrong("readAhead", "a whole number from 1 to " + Streams.MOST_READ_AHEAD);
    };
  }

  public static PublishOptions publish(@Nullable String json) {
    if (json == null) {
      return PublishOptions.DEFAULT;
    }
    OperationOptions options = read("publish", json);
    return new PublishOptions(options.ack(), options.millis("retainFor", Duration.ZERO))
        .withMeta(options.texts("meta"));
  }

  public static SubscribeOptions subscribe(@Nullable String json) {
    return json == null
        ? SubscribeOptions.DEFAULT
        : SdkEventOptions.of(read("subscribe", json).values);
  }

  /** How long {@code on} waits, and for what. */
  public record Wait(Duration timeout, SubscribeOptions subscribe) {}

  public static Wait on(@Nullable String json) {
    if (json == null) {
      return new Wait(DEFAULT_WAIT, SubscribeOptions.DEFAULT);
    }
    OperationOptions options = read("on", json);
    return new Wait(options.millis("timeout", DEFAULT_WAIT), options.past());
  }

  public static String receipt(PublishReceipt receipt) {
    return Payload.object(
            "id", receipt.id(),
            "matched", receipt.matched(),
            "queued", receipt.queued(),
            "refused", receipt.refused(),
            "clients", receipt.clients(),
            "handled", receipt.handled(),
            "failed", receipt.failed(),
            "refusals", receipt.refusals().stream().map(OperationOptions::refusal).toList())
        .text();
  }

  private static Map<String, String> refusal(PublishReceipt.Refusal refusal) {
    return Map.of("pattern", refusal.pattern(), "reason", refusal.reason().name());
  }

  private static OperationOptions read(String operation, String json) {
    Object tree;
    try {
      tree = Payload.json(json).value();
    } catch (RunarException malformed) {
      tree = null;
    }
    if (tree instanceof Map<?, ?> values) {
      return new OperationOptions(operation, values);
    }
    throw new RunarException(
        Code.INVALID_INPUT, "the options of " + operation + " are not an object");
  }

  private PublishOptions.Ack ack() {
    return switch (values.get("ack")) {
      case null -> PublishOptions.Ack.QUEUED;
      case String ack when ack.equals("queued") -> PublishOptions.Ack.QUEUED;
      case String ack when ack.equals("handled") -> PublishOptions.Ack.HANDLED;
      default -> throw wrong("ack", "\"queued\" or \"handled\"");
    };
  }

  private SubscribeOptions past() {
    return switch (values.get("includePast")) {
      case null -> SubscribeOptions.DEFAULT;
      case Boolean past -> new SubscribeOptions(past);
      default -> throw wrong("includePast", "true or false");
    };
  }

  private Duration millis(String name, Duration otherwise) {
    Object given = values.get(name);
    if (given == null || (given instanceof Number ms && ms.doubleValue() >= 0)) {
      return millis(given, otherwise);
    }
    throw wrong(name, "a number of milliseconds");
  }

  /** A number of milliseconds that the SDK has checked, if it is there. */
  static Duration millis(@Nullable Object given, Duration otherwise) {
    return given instanceof Number ms
        ? Duration.ofNanos((long) (ms.doubleValue() * 1e6)) // the cast saturates
        : otherwise;
  }

  private Map<String, String> texts(String name) {
    Object given = values.get(name);
    if (given == null) {
      return Map.of();
    }
    if (!(given instanceof Map<?, ?> map)) {
      throw wrong(name, "an object of strings");
    }
    var texts = new LinkedHashMap<String, String>();
    for (var entry : map.entrySet()) {
      if (!(entry.getValue() instanceof String text)) {
        throw wrong(name, "an object of strings");
      }
      texts.put(String.valueOf(entry.getKey()), text);
    }
    return texts;
  }

  private RunarException wrong(String name, String wanted) {
    return new RunarException(
        Code.INVALID_INPUT, "option " + name + " of " + operation + " must be " + wanted);
  }
}
