package dev.runar.bean;

import dev.runar.Payload;
import dev.runar.PayloadCodec;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the parameters of a method stand for one payload. A single record, map or other object is the
 * whole of it; anything else is a field of it, by name. A context or options may come last and are
 * no part of it. Immutable; any thread.
 */
final class Parameters {
  private final String action;
  private final List<Field> fields;
  private final boolean isWhole;
  private final int count;

  /** One parameter that is part of the payload. */
  private record Field(String name, Type type) {}

  private Parameters(String action, List<Field> fields, boolean isWhole, int count) {
    this.action = action;
    this.fields = fields;
    this.isWhole = isWhole;
    this.count = count;
  }

  /**
   * Of an action's method.
   *
   * @param last the type that may come last and is no part of the payload
   * @throws IllegalArgumentException for a type that no payload becomes, a parameter without a name
   *     or two of one name
   */
  static Parameters of(Method method, Class<?> last) {
    return of(method, last, false);
  }

  /** Of a method that takes events: a single parameter is the whole payload, whatever its type. */
  static Parameters ofEvent(Method method, Class<?> last) {
    return of(method, last, true);
  }

  private static Parameters of(Method method, Class<?> last, boolean oneIsWhole) {
    Parameter[] all = method.getParameters();
    boolean hasLast = all.length > 0 && all[all.length - 1].getType() == last;
    Parameter[] own = hasLast ? Arrays.copyOf(all, all.length - 1) : all;
    for (Parameter parameter : own) {
      String where = Methods.shown(method) + ", parameter " + parameter.getName();
      if (parameter.getType() == last) {
        throw new IllegalArgumentException(where + ": " + last.getSimpleName() + " comes last");
      }
      PayloadTypes.check(parameter.getParameterizedType(), where);
    }
    boolean isWhole =
        own.length == 1
            && !own[0].isAnnotationPresent(Param.class)
            && (oneIsWhole || PayloadTypes.isWhole(own[0].getType()));
    var fields = new ArrayList<Field>();
    for (Parameter parameter : own) {
      fields.add(
          new Field(isWhole ? "" : name(parameter, method), parameter.getParameterizedType()));
    }
    refuseSecond(fields, method);
    return new Parameters(Methods.shown(method), List.copyOf(fields), isWhole, all.length);
  }

  private static String name(Parameter parameter, Method method) {
    Param given = parameter.getAnnotation(Param.class);
    if (given != null) {
      return given.value();
    }
    if (!parameter.isNamePresent()) {
      throw new IllegalArgumentException(
          Methods.shown(method)
              + ": the class file has no names of parameters; compile with -parameters, or write"
              + " @Param(\"…\") before each");
    }
    return parameter.getName();
  }

  private static void refuseSecond(List<Field> fields, Method method) {
    if (fields.stream().map(Field::name).distinct().count() < fields.size()) {
      throw new IllegalArgumentException(
          Methods.shown(method)
              + ": two parameters have one name: "
              + fields.stream().map(Field::name).toList());
    }
  }

  /** Whether a payload carries nothing for it. */
  boolean isEmpty() {
    return fields.isEmpty();
  }

  /** JSON Schema of the payload; empty if nothing is known of it or nobody can write schemas. */
  Optional<Payload> schema() {
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    if (isWhole) {
      return PayloadCodec.instance().schema(fields.get(0).type());
    }
    var types = new LinkedHashMap<String, Type>();
    fields.forEach(field -> types.put(field.name(), field.type()));
    return PayloadCodec.instance().schema(types);
  }

  /** What a client sends for these arguments; null ones of several are left out. */
  Payload payload(@Nullable Object[] arguments) {
    if (fields.isEmpty()) {
      return Payload.of(null);
    }
    if (isWhole) {
      return Payload.of(arguments[0]);
    }
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < fields.size(); i++) {
      Object argument = arguments[i];
      if (argument != null && !Optional.empty().equals(argument)) {
        map.put(fields.get(i).name(), argument);
      }
    }
    return Payload.of(map);
  }

  /**
   * The arguments for a call.
   *
   * @param last the argument that comes last, if the method takes it
   * @throws RunarException {@code INVALID_INPUT}, naming the place of what does not fit
   */
  @Nullable Object[] arguments(Payload payload, Object last) {
    @Nullable Object[] arguments = new @Nullable Object[count];
    if (isWhole) {
      arguments[0] = payload.<@Nullable Object>as(fields.get(0).type(), "$");
    } else if (!fields.isEmpty()) {
      fill(arguments, payload.value());
    }
    if (count > fields.size()) {
      arguments[count - 1] = last;
    }
    return arguments;
  }

  /** An object maps by name, an array by position, a scalar to the only parameter. */
  private void fill(@Nullable Object[] arguments, @Nullable Object value) {
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      Object part =
          switch (value) {
            case Map<?, ?> map -> map.get(field.name());
            case List<?> list -> i < list.size() ? list.get(i) : null;
            case null -> null;
            default -> only(value);
          };
      arguments[i] = Payload.of(part).<@Nullable Object>as(field.type(), "$." + field.name());
    }
  }

  private Object only(Object value) {
    if (fields.size() > 1) {
      throw new RunarException(
          Code.INVALID_INPUT,
          action
              + " takes "
              + fields.stream().map(Field::name).toList()
              + ", but the payload is a single value");
    }
    return value;
  }
}
