package dev.runar.bean;

import dev.runar.Payload;
import dev.runar.PayloadCodec;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the parameters of a method stand for one payload. A single record, map or other object is the
 * whole of it; anything else is a field of it, by name. A context or options may come last and are
 * no part of it; a {@code Flow.Publisher} is the items that are sent beside it. Immutable; any
 * thread.
 */
final class Parameters {
  private final String action;
  private final List<Field> fields;
  private final boolean isWhole;
  private final @Nullable Field items;
  private final int count;

  /** One parameter that is part of the payload, or the items beside it. */
  private record Field(String name, Type type, int index) {}

  private Parameters(
      String action, List<Field> fields, boolean isWhole, @Nullable Field items, int count) {
    this.action = action;
    this.fields = fields;
    this.isWhole = isWhole;
    this.items = items;
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
    Field items = null;
    var own = new LinkedHashMap<Integer, Parameter>();
    for (int i = 0; i < (hasLast ? all.length - 1 : all.length); i++) {
      String where = Methods.shown(method) + ", parameter " + all[i].getName();
      if (all[i].getType() == last) {
        throw new IllegalArgumentException(where + ": " + last.getSimpleName() + " comes last");
      }
      if (all[i].getType() == Flow.Publisher.class && !oneIsWhole) {
        if (items != null) {
          throw new IllegalArgumentException(where + ": only one stream of items can be sent");
        }
        items = new Field(all[i].getName(), itemType(all[i].getParameterizedType(), where), i);
      } else {
        PayloadTypes.check(all[i].getParameterizedType(), where);
        own.put(i, all[i]);
      }
    }
    Parameter only = own.size() == 1 ? own.values().iterator().next() : null;
    boolean isWhole =
        only != null
            && !only.isAnnotationPresent(Param.class)
            && (oneIsWhole || PayloadTypes.isWhole(only.getType()));
    var fields = new ArrayList<Field>();
    own.forEach(
        (index, parameter) ->
            fields.add(
                new Field(
                    isWhole ? "" : name(parameter, method),
                    parameter.getParameterizedType(),
                    index)));
    refuseSecond(fields, method);
    return new Parameters(Methods.shown(method), List.copyOf(fields), isWhole, items, all.length);
  }

  private static Type itemType(Type declared, String where) {
    if (!(declared instanceof ParameterizedType known)) {
      throw new IllegalArgumentException(where + ": a stream of what? Write Flow.Publisher<…>");
    }
    Type item = known.getActualTypeArguments()[0];
    PayloadTypes.check(item, where + ", item");
    return item;
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
      return Payload.of(arguments[fields.getFirst().index()]);
    }
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (Field field : fields) {
      Object argument = arguments[field.index()];
      if (argument != null && !Optional.empty().equals(argument)) {
        map.put(field.name(), argument);
      }
    }
    return Payload.of(map);
  }

  /** Whether items are sent beside the payload. */
  boolean hasItems() {
    return items != null;
  }

  /**
   * What a client sends beside the payload; empty if its method has no such parameter.
   *
   * @throws RunarException {@code INVALID_INPUT} for null
   */
  Optional<Flow.Publisher<Payload>> items(@Nullable Object[] arguments) {
    if (items == null) {
      return Optional.empty();
    }
    if (arguments[items.index()] instanceof Flow.Publisher<?> given) {
      return Optional.of(new MappedStream<Object, Payload>(given, Payload::of));
    }
    throw new RunarException(
        Code.INVALID_INPUT, action + ": " + items.name() + " is null and not a stream of items");
  }

  /**
   * The arguments for a call.
   *
   * @param sent the items beside the payload, if the method takes them
   * @param last the argument that comes last, if the method takes it
   * @throws RunarException {@code INVALID_INPUT}, naming the place of what does not fit
   */
  @Nullable Object[] arguments(
      Payload payload, Supplier<Flow.Publisher<Payload>> sent, Object last) {
    @Nullable Object[] arguments = new @Nullable Object[count];
    if (isWhole) {
      Field whole = fields.getFirst();
      arguments[whole.index()] = payload.<@Nullable Object>as(whole.type(), "$");
    } else if (!fields.isEmpty()) {
      fill(arguments, payload.value());
    }
    int known = fields.size();
    if (items != null) {
      arguments[items.index()] = new MappedStream<Payload, Object>(sent.get(), this::item);
      known++;
    }
    if (count > known) {
      arguments[count - 1] = last;
    }
    return arguments;
  }

  private Object item(Payload item) {
    Type type = Objects.requireNonNull(items).type();
    Object known = item.<@Nullable Object>as(type, "$");
    if (known == null) {
      throw new RunarException(
          Code.INVALID_INPUT,
          action + ": an item is null; let the method take Flow.Publisher<Payload>");
    }
    return known;
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
      arguments[field.index()] =
          Payload.of(part).<@Nullable Object>as(field.type(), "$." + field.name());
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
