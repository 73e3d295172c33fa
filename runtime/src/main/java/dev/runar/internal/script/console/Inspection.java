package dev.runar.internal.script.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Value;

/**
 * One walk through one value, which prints it as Node's {@code util.inspect} does. Owner thread;
 * used once.
 *
 * <p>The rules of what stands on one line depend on how deep the part printed last was, so the walk
 * keeps the depth it reached beside the depth it is at, as Node's does.
 */
final class Inspection {
  private static final Pattern LINE_START = Pattern.compile("(?<=\\n)");
  private static final int MIN_LENGTH_TO_BREAK = 16;
  private static final int STEP = 2;
  private static final int MAX_NESTED_PROXIES = 100;

  private final ValueDescriber describer;
  private final InspectOptions options;
  private final OutputBudget budget;
  private final Layout layout;
  private final List<Value> open = new ArrayList<>();
  private final Map<Value, Integer> circular = new HashMap<>();
  private int indentation;
  private int reachedDepth;

  Inspection(ValueDescriber describer, InspectOptions options, OutputBudget budget) {
    this.describer = describer;
    this.options = options;
    this.budget = budget;
    this.layout = new Layout(options.lineWidth());
  }

  /** Prints a value that is found at a depth below the one asked for. */
  String print(Cell cell, int depth) {
    if (budget.isSpent()) {
      return "...";
    }
    budget.visit();
    return cell.kind() == Cell.Kind.OBJECT
        ? object(cell.value(), depth)
        : budget.spend(primitive(cell));
  }

  private String primitive(Cell cell) {
    return switch (cell.kind()) {
      case OBJECT -> throw new IllegalArgumentException("an object is no primitive");
      case STRING -> string(cell.value().asString(), cell.rest());
      case NUMBER -> NumberText.of(cell.value().asDouble());
      case BIGINT -> cell.value().asString() + "n";
      case BOOLEAN -> Boolean.toString(cell.value().asBoolean());
      case SYMBOL -> cell.value().asString();
      case NULL -> "null";
      case UNDEFINED -> "undefined";
      case HOLES -> counted("<%d empty item%s>", cell.value().asLong());
      case GETTER -> "[Getter]";
      case SETTER -> "[Setter]";
      case ACCESSOR -> "[Getter/Setter]";
      case UNINITIALIZED -> "<uninitialized>";
      case THROWN -> thrown(cell.value().asString());
    };
  }

  static String thrown(String message) {
    return "[Thrown: " + message + "]";
  }

  private static String counted(String text, long count) {
    return text.formatted(count, count > 1 ? "s" : "");
  }

  private String string(String text, long rest) {
    String trailer = rest > 0 ? counted("... %d more character%s", rest) : "";
    if (text.length() <= MIN_LENGTH_TO_BREAK
        || text.length() <= options.lineWidth() - indentation - 4) {
      return StringEscapes.quote(text) + trailer;
    }
    var lines = new ArrayList<String>();
    for (String line : LINE_START.split(text, 0)) {
      lines.add(StringEscapes.quote(line));
    }
    return String.join(" +\n" + " ".repeat(indentation + STEP), lines) + trailer;
  }

  private String object(Value value, int depth) {
    Value target = value;
    for (int i = 0; i < MAX_NESTED_PROXIES && ValueDescriber.isProxy(target); i++) {
      Optional<Value> proxy = describer.proxy(target);
      if (proxy.isEmpty()) {
        return "[Proxy]";
      }
      target = proxy.get().getMember("target");
      if (target.isNull()) {
        return "<Revoked Proxy>";
      }
      if (options.proxies()) {
        return proxy(target, proxy.get().getMember("handler"), depth);
      }
    }
    if (target.isHostObject() || target.isProxyObject()) {
      return target.canExecute() ? "[Function (anonymous)]" : "[Host object]";
    }
    if (open.contains(target)) {
      return "[Circular *" + circular.computeIfAbsent(target, key -> circular.size() + 1) + "]";
    }
    Description description = describer.describe(target, options.hidden());
    return description.kind().equals("thrown")
        ? thrown(description.text())
        : described(target, description, depth);
  }

  private String proxy(Value target, Value handler, int depth) {
    if (depth > options.depth()) {
      return "Proxy [Array]";
    }
    indentation += STEP;
    List<String> parts =
        List.of(
            print(describer.nested(target), depth + 1),
            print(describer.nested(handler), depth + 1));
    indentation -= STEP;
    return layout.join(
        new Layout.Frame("", "Proxy [", "]", indentation, reachedDepth - depth - 1),
        parts,
        Layout.Columns.RIGHT,
        false);
  }

  private String described(Value value, Description description, int depth) {
    Optional<String> constructor = constructor(description, depth);
    String tag = description.tag();
    List<Property> properties = description.properties();
    boolean atLimit = depth > options.depth();
    List<Property> inherited = atLimit ? List.of() : description.inherited();
    boolean bare = properties.isEmpty() && inherited.isEmpty();
    Head head = head(description, constructor, tag);
    if (bare && head.isWhole()) {
      return budget.spend(head.whole());
    }
    if (atLimit) {
      if (description.kind().equals("regexp")) {
        return budget.spend(head.base());
      }
      String name = Names.generic(constructor, tag, description.fallback());
      name = name.substring(0, name.length() - 1);
      return budget.spend(constructor.isPresent() ? "[" + name + "]" : name);
    }
    return opened(value, description, head, depth + 1);
  }

  private String opened(Value value, Description description, Head head, int depth) {
    budget.spend(head.base());
    open.add(value);
    reachedDepth = depth;
    List<Cell> cells = head.hasCells() ? description.cells() : List.of();
    List<String> entries = contents(value, description, cells, depth);
    boolean note = head.isList() && description.more() > 0;
    int listed = entries.size();
    properties(description.properties(), depth, entries);
    properties(description.inherited(), depth, entries);
    if (description.moreProperties() > 0) {
      entries.add("... " + description.moreProperties() + " more properties");
    }
    open.removeLast();
    Integer reference = circular.get(value);
    String base = head.base();
    if (reference != null) {
      base = ("<ref *" + reference + "> " + base).strip();
    }
    if (entries.isEmpty()) {
      return (base + " " + head.open() + head.close()).strip();
    }
    Layout.Columns columns = Layout.Columns.NONE;
    if (head.isList()) {
      boolean numbers =
          entries.size() == listed
              && cells.stream().allMatch(Cell::isNumeric)
              && (!note || description.goesOnNumeric());
      columns = numbers ? Layout.Columns.RIGHT : Layout.Columns.LEFT;
    }
    return layout.join(
        new Layout.Frame(base, head.open(), head.close(), indentation, reachedDepth - depth),
        entries,
        columns,
        note && entries.size() > InspectOptions.MAX_ELEMENTS);
  }

  private List<String> contents(Value value, Description description, List<Cell> cells, int depth) {
    var entries = new ArrayList<String>();
    switch (description.kind()) {
      case "array", "set", "typedarray" -> elements(cells, description, depth, entries);
      case "map" -> mapEntries(cells, description, depth, entries);
      case "buffer" -> entries.add(budget.spend(description.text()));
      case "weakset", "weakmap", "iterator" -> entries.add("<items unknown>");
      case "promise" ->
          PromiseText.of(value, !description.properties().isEmpty()).ifPresent(entries::add);
      default -> {
        // Everything else has properties only.
      }
    }
    if (description.facts().hasMember("facts")) {
      facts(Property.listOf(description.facts().getMember("facts")), depth, entries);
    }
    return entries;
  }

  private void elements(List<Cell> cells, Description from, int depth, List<String> entries) {
    int shown = Math.min(cells.size(), options.elements());
    indentation += STEP;
    for (Cell cell : cells.subList(0, shown)) {
      if (budget.isSpent()) {
        break;
      }
      entries.add(print(cell, depth));
    }
    indentation -= STEP;
    addMore(from.more() + cells.size() - shown, entries);
  }

  private void mapEntries(List<Cell> cells, Description from, int depth, List<String> entries) {
    int shown = Math.min(cells.size(), options.elements() * 2);
    indentation += STEP;
    for (int i = 0; i < shown && !budget.isSpent(); i += 2) {
      entries.add(print(cells.get(i), depth) + " => " + print(cells.get(i + 1), depth));
    }
    indentation -= STEP;
    addMore(from.more() + (cells.size() - shown) / 2, entries);
  }

  private static void addMore(long more, List<String> entries) {
    if (more > 0) {
      entries.add(counted("... %d more item%s", more));
    }
  }

  private void facts(List<Property> facts, int depth, List<String> entries) {
    indentation += STEP;
    for (Property fact : facts) {
      String text =
          fact.cell().kind() == Cell.Kind.OBJECT
              ? buffer(fact.cell().value())
              : print(fact.cell(), depth);
      entries.add(fact.label() + ": " + text);
    }
    indentation -= STEP;
  }

  /** The buffer below a typed array, whose contents were just printed. */
  private String buffer(Value value) {
    Description buffer = describer.describe(value, false);
    if (!buffer.kind().equals("buffer")) {
      return "[Object]";
    }
    String prefix = Names.prefix(buffer.constructor(), buffer.tag(), buffer.fallback(), "");
    Cell length = buffer.properties().getFirst().cell();
    return budget.spend(prefix + "{ byteLength: " + primitive(length) + " }");
  }

  private void properties(List<Property> properties, int depth, List<String> entries) {
    indentation += STEP;
    for (Property property : properties) {
      if (budget.isSpent()) {
        entries.add("...");
        break;
      }
      entries.add(budget.spend(property.label()) + ": " + print(property.cell(), depth));
    }
    indentation -= STEP;
  }

  /** Name of the constructor, or of the prototypes when none of them names one. */
  private Optional<String> constructor(Description description, int depth) {
    if (description.constructor().isPresent() || description.prototypes() == 0) {
      return description.constructor();
    }
    String name = "<Complex prototype>";
    int levels = description.prototypes();
    if (depth + levels - 1 <= options.depth()) {
      var inner = new Inspection(describer, options.withDepth(-1), budget);
      name = "<" + inner.print(describer.nested(description.lastPrototype()), 0) + ">";
    } else {
      levels = Math.max(1, options.depth() - depth + 2);
    }
    for (int i = 1; i < levels; i++) {
      name = "<Object " + name + ">";
    }
    return Optional.of(description.fallback() + " " + name);
  }

  private Head head(Description description, Optional<String> constructor, String tag) {
    String fallback = description.fallback();
    return switch (description.kind()) {
      case "array" -> {
        boolean plain = tag.isEmpty() && constructor.filter("Array"::equals).isPresent();
        String size = "(" + description.size() + ")";
        String prefix = plain ? "" : Names.prefix(constructor, tag, fallback, size);
        yield Head.list(prefix, description.size() == 0);
      }
      case "typedarray" ->
          Head.list(
              Names.prefix(constructor, tag, fallback, "(" + description.size() + ")"),
              description.size() == 0);
      case "set", "map" ->
          Head.collection(
              Names.prefix(constructor, tag, fallback, "(" + description.size() + ")"),
              description.size() == 0);
      case "iterator" -> {
        String name = fallback + " Iterator";
        yield Head.filled(
            "[" + (tag.isEmpty() || tag.equals(name) ? name : tag + "] [" + name) + "] ");
      }
      case "function" -> Head.whole(Names.function(description, constructor, tag));
      case "class" -> Head.whole(Names.classOf(description, constructor, tag));
      case "arguments" -> Head.braces("[Arguments] ");
      case "regexp", "date" -> {
        String prefix = Names.prefix(constructor, tag, fallback, "");
        String name = prefix.equals(fallback + " ") ? "" : prefix;
        yield Head.whole(name + description.text());
      }
      case "error" -> Head.whole(ErrorText.of(description, constructor, tag, indentation));
      case "buffer", "dataview", "promise", "weakset", "weakmap" ->
          Head.filled(Names.prefix(constructor, tag, fallback, ""));
      case "module" -> Head.filled(Names.prefix(constructor, tag, fallback, ""));
      case "boxed" ->
          Head.whole(
              Names.boxed(fallback, primitive(description.cells().getFirst()), constructor, tag));
      default ->
          constructor.filter("Object"::equals).isPresent() && tag.isEmpty()
              ? Head.braces("")
              : Head.braces(Names.generic(constructor, tag, fallback));
    };
  }
}
