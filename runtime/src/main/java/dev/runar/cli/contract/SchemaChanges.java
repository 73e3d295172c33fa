package dev.runar.cli.contract;

import dev.runar.cli.contract.Change.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is different between two schemas of one value. An input must go on taking all that it took;
 * an output must not begin to give what it never gave. Not for several threads.
 */
final class SchemaChanges {
  /** Deeper ones are not compared: a schema may hold itself. */
  private static final int MAX_DEPTH = 12;

  /** Bounds from below: a higher one admits less. */
  private static final List<String> LOWER =
      List.of("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");

  private static final List<String> UPPER =
      List.of("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties");

  /** What admits less when it is there, and is not compared any closer. */
  private static final List<String> RULES = List.of("pattern", "format", "multipleOf");

  private final List<Change> changes = new ArrayList<>();
  private final Direction direction;

  enum Direction {
    INPUT,
    OUTPUT
  }

  private SchemaChanges(Direction direction) {
    this.direction = direction;
  }

  /** The differences; of a schema that is absent nothing is known. */
  static List<Change> between(
      @Nullable Object before, @Nullable Object after, String where, Direction direction) {
    var changes = new SchemaChanges(direction);
    changes.compare(Schema.of(before), Schema.of(after), where, 0);
    return changes.changes;
  }

  private void compare(Schema before, Schema after, String where, int depth) {
    if (depth > MAX_DEPTH || before.object().equals(after.object()) && before.isAny()) {
      return;
    }
    if (before.isAny() || after.isAny()) {
      report(
          after.isAny() ? Reach.WIDER : Reach.NARROWER,
          where,
          after.isAny() ? "may be anything now" : "may not be anything any more");
      return;
    }
    if (!before.values().isEmpty() || !after.values().isEmpty()) {
      compareValues(before, after, where);
      return;
    }
    if (!before.branches().isEmpty() || !after.branches().isEmpty()) {
      compareBranches(before, after, where);
      return;
    }
    compareTypes(before, after, where);
    compareLimits(before, after, where);
    compareProperties(before, after, where, depth);
    if (before.has("items") || after.has("items")) {
      compare(before.child("items"), after.child("items"), where + "[]", depth + 1);
    }
  }

  /** Whether the new one admits more or less than the old one. */
  private enum Reach {
    WIDER,
    NARROWER
  }

  private void report(Reach reach, String where, String what) {
    boolean breaks = direction == Direction.INPUT ? reach == Reach.NARROWER : reach == Reach.WIDER;
    changes.add(new Change(breaks ? Kind.BREAKING : Kind.COMPATIBLE, where, what));
  }

  private void compareValues(Schema before, Schema after, String where) {
    if (before.values().isEmpty() || after.values().isEmpty()) {
      Reach reach = after.values().isEmpty() ? Reach.WIDER : Reach.NARROWER;
      Set<String> values = after.values().isEmpty() ? before.values() : after.values();
      report(
          reach,
          where,
          (reach == Reach.WIDER ? "is no longer only " : "is only ") + String.join(" | ", values));
      return;
    }
    for (String gone : without(before.values(), after.values())) {
      report(Reach.NARROWER, where, "the value " + gone + " was removed");
    }
    for (String added : without(after.values(), before.values())) {
      report(Reach.WIDER, where, "the value " + added + " was added");
    }
  }

  /** Each old branch that fits no new one is gone, and the other way round. */
  private void compareBranches(Schema before, Schema after, String where) {
    List<Schema> old = before.branches().isEmpty() ? List.of(before) : before.branches();
    List<Schema> now = after.branches().isEmpty() ? List.of(after) : after.branches();
    if (old.stream().anyMatch(branch -> now.stream().noneMatch(each -> covers(each, branch)))) {
      report(Reach.NARROWER, where, "one of its alternatives was removed or narrowed");
    }
    if (now.stream().anyMatch(branch -> old.stream().noneMatch(each -> covers(each, branch)))) {
      report(Reach.WIDER, where, "one of its alternatives was added or widened");
    }
  }

  /** Whether a schema admits all that another one does. */
  private static boolean covers(Schema wide, Schema narrow) {
    var changes = new SchemaChanges(Direction.INPUT);
    changes.compare(narrow, wide, "", MAX_DEPTH / 2);
    return changes.changes.stream().noneMatch(change -> change.kind() == Kind.BREAKING);
  }

  private void compareTypes(Schema before, Schema after, String where) {
    Set<String> old = before.types();
    Set<String> now = after.types();
    if (old.isEmpty() || now.isEmpty()) {
      if (!old.equals(now)) {
        report(
            now.isEmpty() ? Reach.WIDER : Reach.NARROWER,
            where,
            "type " + shown(old) + " became " + shown(now));
      }
      return;
    }
    boolean lost = old.stream().anyMatch(type -> !admits(now, type));
    boolean gained = now.stream().anyMatch(type -> !admits(old, type));
    if (lost) {
      report(Reach.NARROWER, where, "type " + shown(old) + " became " + shown(now));
    }
    if (gained) {
      report(Reach.WIDER, where, "type " + shown(old) + " became " + shown(now));
    }
  }

  private static boolean admits(Set<String> types, String type) {
    return types.contains(type) || type.equals("integer") && types.contains("number");
  }

  private static String shown(Set<String> types) {
    return types.isEmpty() ? "any" : String.join(" | ", types);
  }

  private void compareLimits(Schema before, Schema after, String where) {
    LOWER.forEach(key -> compareBound(before, after, where, key, true));
    UPPER.forEach(key -> compareBound(before, after, where, key, false));
    for (String key : RULES) {
      String old = before.object().text(key);
      String now = after.object().text(key);
      if (!old.equals(now)) {
        if (!now.isEmpty()) {
          report(Reach.NARROWER, where, key + " is " + now + " now");
        }
        if (!old.isEmpty()) {
          report(Reach.WIDER, where, key + " is no longer " + old);
        }
      }
    }
  }

  private void compareBound(
      Schema before, Schema after, String where, String key, boolean isLower) {
    double open = isLower ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    double old = before.object().value(key) instanceof Number number ? number.doubleValue() : open;
    double now = after.object().value(key) instanceof Number number ? number.doubleValue() : open;
    if (old != now) {
      boolean narrower = isLower ? now > old : now < old;
      report(
          narrower ? Reach.NARROWER : Reach.WIDER,
          where,
          now == open ? key + " was removed" : key + " is " + after.object().text(key) + " now");
    }
  }

  private void compareProperties(Schema before, Schema after, String where, int depth) {
    Map<String, Schema> old = before.properties();
    Map<String, Schema> now = after.properties();
    boolean wasOpen = !Boolean.FALSE.equals(before.object().value("additionalProperties"));
    boolean isOpen = !Boolean.FALSE.equals(after.object().value("additionalProperties"));
    var names = new LinkedHashSet<>(old.keySet());
    names.addAll(now.keySet());
    before.object().texts("required").forEach(names::add);
    after.object().texts("required").forEach(names::add);
    for (String name : names) {
      String field = where + "." + name;
      if (before.isRequired(name) != after.isRequired(name)) {
        boolean is = after.isRequired(name);
        report(
            is ? Reach.NARROWER : Reach.WIDER, field, is ? "is required now" : "is optional now");
      }
      if (old.containsKey(name) && now.containsKey(name)) {
        compare(old.get(name), now.get(name), field, depth + 1);
      } else if (old.containsKey(name)) {
        removed(field, isOpen, before.isRequired(name));
      } else if (now.containsKey(name) && !after.isRequired(name)) {
        changes.add(new Change(Kind.COMPATIBLE, field, "was added"));
      }
    }
    if (wasOpen != isOpen && !names.isEmpty()) {
      report(
          isOpen ? Reach.WIDER : Reach.NARROWER,
          where,
          isOpen ? "may have more fields now" : "may have no other fields any more");
    }
  }

  /** Who reads an output misses it; of an input it is not read any more, or refused. */
  private void removed(String field, boolean isOpen, boolean wasRequired) {
    if (direction == Direction.OUTPUT && wasRequired) {
      return; // told as optional already
    }
    boolean breaks = direction == Direction.OUTPUT || !isOpen;
    changes.add(
        new Change(
            breaks ? Kind.BREAKING : Kind.COMPATIBLE,
            field,
            direction == Direction.INPUT && isOpen ? "is not read any more" : "was removed"));
  }

  private static List<String> without(Set<String> all, Set<String> some) {
    return all.stream().filter(each -> !some.contains(each)).toList();
  }
}
