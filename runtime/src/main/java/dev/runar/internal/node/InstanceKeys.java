package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Which instance of a service is meant: the same key always goes to the same one. Immutable.
 *
 * @param field the field of an action's input, or of an event, whose value is the key; empty: none
 * @param ofActions the field for single actions, which must be there
 */
public record InstanceKeys(String field, Map<String, String> ofActions) {
  public static final InstanceKeys NONE = new InstanceKeys("", Map.of());

  /** Copies the map. */
  public InstanceKeys {
    ofActions = Map.copyOf(ofActions);
  }

  /**
   * The instance that a request is for; empty: any.
   *
   * @throws RunarException {@code INVALID_INPUT} if the action's key is missing or no scalar
   */
  OptionalInt ofRequest(ServiceDefinition.Action action, Invocation call, int instances) {
    String own = ofActions.get(action.name());
    String wanted = own == null ? field : own;
    if (wanted.isEmpty()) {
      return OptionalInt.empty();
    }
    Object key = key(wanted, action.params(), call);
    if (key == null && own == null) {
      return OptionalInt.empty();
    }
    if (key instanceof String || key instanceof Number || key instanceof Boolean) {
      return OptionalInt.of(index(key, instances));
    }
    throw new RunarException(
        Code.INVALID_INPUT,
        call.path()
            + ": \""
            + wanted
            + "\" chooses the instance that answers, so it must be a text, a number or a boolean;"
            + " it is "
            + (key == null ? "missing" : "something else"));
  }

  /** A template of the path counts first, then a named field, then a position. */
  private static @Nullable Object key(
      String wanted, @Nullable List<String> params, Invocation call) {
    String ofPath = call.pathParams().get(wanted);
    if (ofPath != null) {
      return ofPath;
    }
    if (call.payload().kind() == Payload.Kind.BYTES) {
      return null;
    }
    Object input = call.payload().value();
    if (input instanceof Map<?, ?> fields) {
      return fields.get(wanted);
    }
    int position = params == null ? -1 : params.indexOf(wanted);
    if (input instanceof List<?> values) {
      return position >= 0 && position < values.size() ? values.get(position) : null;
    }
    return position == 0 && params != null && params.size() == 1 ? input : null;
  }

  /** The instance that an event is for: without a key, events of one topic stay together. */
  int ofEvent(Event event, int instances) {
    if (!field.isEmpty()
        && event.payload().kind() != Payload.Kind.BYTES
        && event.payload().value() instanceof Map<?, ?> fields) {
      Object key = fields.get(field);
      if (key instanceof String || key instanceof Number || key instanceof Boolean) {
        return index(key, instances);
      }
    }
    return index(event.topic(), instances);
  }

  /** The number 5 and the text "5" are the same key, since a path has texts only. */
  private static int index(Object key, int instances) {
    boolean isWhole = key instanceof Number n && n.doubleValue() == n.longValue();
    String text = String.valueOf(isWhole ? ((Number) key).longValue() : key);
    int hash = text.hashCode() * 0x9E3779B9; // neighbours go to different ones
    return Math.floorMod(hash ^ (hash >>> 16), instances);
  }
}
