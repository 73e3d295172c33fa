package dev.runar.internal.script;

import dev.runar.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of one action as objects of the script, without the engine's {@code JSON.parse}: most
 * are small, flat and of a few shapes. For each list of names there is a function that makes an
 * object of the values, as {@code (a, b) => ({"x": a, "y": b})}, which the engine compiles to a few
 * instructions; its parser looks up each name of each object, which takes a third of a call's time.
 *
 * <p>For an input that has been decoded anyway. A text is the parser's. Owner thread only.
 */
final class ObjectShapes {
  /** Names come from outside, and each shape stays: the first ones are kept, the rest is parsed. */
  static final int MAX_SHAPES = 8;

  /** More members than these are parsed. */
  static final int MAX_MEMBERS = 16;

  /** Characters of a name; all ASCII, so that it is a string literal as it is. */
  static final int MAX_NAME = 64;

  private final Context context;
  private final ScriptValues values;
  private final List<Shape> shapes = new ArrayList<>(1);

  ObjectShapes(Context context, ScriptValues values) {
    this.context = context;
    this.values = values;
  }

  /** The names in their order, and what makes an object of their values. */
  private record Shape(List<String> names, Value maker) {}

  /** The payload as the script sees it. */
  Value toScript(Payload payload) {
    // A map of rich text may stand for one of the script.
    if (payload.kind() == Payload.Kind.JSON
        && payload.isDecoded()
        && payload.value() instanceof Map<?, ?> map
        && map.size() <= MAX_MEMBERS) {
      Value object = object(map);
      if (object != null) {
        return object;
      }
    }
    return values.toScript(payload);
  }

  private @Nullable Value object(Map<?, ?> map) {
    for (Shape shape : shapes) {
      if (has(shape.names, map)) {
        @Nullable Object[] members = members(map);
        return members == null ? null : shape.maker.execute(members);
      }
    }
    @Nullable Object[] members = members(map);
    if (members == null || shapes.size() == MAX_SHAPES) {
      return null;
    }
    List<String> names = map.keySet().stream().map(String::valueOf).toList();
    if (!names.stream().allMatch(ObjectShapes::isPlain)) {
      return null;
    }
    var shape = new Shape(names, context.eval(source(names)));
    shapes.add(shape);
    return shape.maker.execute(members);
  }

  private static boolean has(List<String> names, Map<?, ?> map) {
    if (map.size() != names.size()) {
      return false;
    }
    int i = 0;
    for (Object name : map.keySet()) {
      if (!names.get(i++).equals(name)) {
        return false;
      }
    }
    return true;
  }

  /** The values in order, or null if one of them is no scalar. */
  private static @Nullable Object @Nullable [] members(Map<?, ?> map) {
    var members = new @Nullable Object[map.size()];
    int i = 0;
    for (Object value : map.values()) {
      switch (value) {
        case null -> {}
        case String _, Boolean _, Integer _, Double _ -> members[i] = value;
        case Long number -> members[i] = number.doubleValue(); // as JSON.parse has it
        default -> {
          return null;
        }
      }
      i++;
    }
    return members;
  }

  private static boolean isPlain(String name) {
    return name.length() <= MAX_NAME
        && name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '"' && c != '\\')
        && !name.equals("__proto__"); // in a literal it is the prototype
  }

  private static Source source(List<String> names) {
    String parameters =
        IntStream.range(0, names.size()).mapToObj(i -> "v" + i).collect(Collectors.joining(","));
    String members =
        IntStream.range(0, names.size())
            .mapToObj(i -> '"' + names.get(i) + "\":v" + i)
            .collect(Collectors.joining(","));
    return Source.newBuilder("js", "(" + parameters + ")=>({" + members + "})", "runar:shape")
        .internal(true)
        .buildLiteral();
  }
}
