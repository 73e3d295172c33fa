package dev.runar.internal.schema;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import dev.runar.Payload;
import dev.runar.RunarException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One compiled JSON Schema. Any thread; takes as long as the value is large, so not for an owner
 * thread or an event loop.
 *
 * <p>A value that JSON does not have is seen as {@code JSON.stringify} would write it, a date as
 * text and {@code NaN} as null, except that a {@code BigInt} is a number, a set an array, a map an
 * object and bytes inside a value are Base64 text. A payload of bytes alone fits no schema.
 */
public final class JsonSchema {
  /** What a sender is told at most. */
  private static final int MAX_ISSUES = 32;

  private final Schema schema;
  private final BoundedPatterns patterns;
  private final List<String> names;

  JsonSchema(Schema schema, JsonNode tree, BoundedPatterns patterns) {
    this.schema = schema;
    this.patterns = patterns;
    this.names = names(tree);
  }

  private static List<String> names(JsonNode tree) {
    JsonNode type = tree.path("type");
    boolean isOfObjects = type.isString() && type.stringValue().equals("object");
    return isOfObjects ? List.copyOf(tree.path("properties").propertyNames()) : List.of();
  }

  /** The names of the properties, in order, if it is a schema of objects; else empty. */
  public List<String> names() {
    return names;
  }

  /**
   * A value by its names: an array as the values of the properties in their order, a scalar as that
   * of the only one. Empty for any other value, and for one with more than there are: it stays.
   */
  public Optional<Payload> named(Payload input) {
    if (names.isEmpty() || input.kind() == Payload.Kind.BYTES || looksLikeAnObject(input)) {
      return Optional.empty();
    }
    return switch (input.value()) {
      case null -> Optional.empty();
      case Map<?, ?> _ -> Optional.empty();
      case List<?> values -> values.size() <= names.size() ? named(values) : Optional.empty();
      case Object scalar -> names.size() == 1 ? named(List.of(scalar)) : Optional.empty();
    };
  }

  private Optional<Payload> named(List<?> values) {
    var named = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < values.size(); i++) {
      named.put(names.get(i), values.get(i));
    }
    return Optional.of(Payload.of(named));
  }

  /** Without decoding it, since nearly every input is one. */
  private static boolean looksLikeAnObject(Payload input) {
    return input.isEncoded() && input.size() > 0 && input.encoded()[0] == '{';
  }

  /** Where the value does not fit; empty: it fits. At most 32. */
  public List<SchemaIssue> check(Payload value) {
    if (value.kind() == Payload.Kind.BYTES) {
      return List.of(new SchemaIssue("", "is bytes, and the schema is of JSON", "type"));
    }
    try {
      return issuesOf(value);
    } catch (StackOverflowError e) {
      return List.of(new SchemaIssue("", "is nested too deeply", "type"));
    } catch (JacksonException e) {
      return List.of(new SchemaIssue("", "is not JSON: " + e.getOriginalMessage(), "type"));
    } catch (RunarException e) {
      return List.of(new SchemaIssue("", String.valueOf(e.getMessage()), "type"));
    }
  }

  private List<SchemaIssue> issuesOf(Payload value) {
    JsonNode tree = ValueTree.of(value);
    var steps = new PatternSteps(value.size());
    var errors = new ArrayList<Error>();
    patterns.within(steps, () -> errors.addAll(schema.validate(tree)));
    return steps.isGivenUp() ? List.of(givenUp(steps, errors)) : issues(errors);
  }

  /** Nothing else that was found counts: what was not matched may mean the opposite. */
  private static SchemaIssue givenUp(PatternSteps steps, List<Error> errors) {
    return errors.stream()
        .filter(error -> "pattern".equals(error.getKeyword()) && isOf(error, steps))
        .findFirst()
        .map(error -> SchemaIssue.givenUp(path(error)))
        .orElseGet(() -> SchemaIssue.givenUp(""));
  }

  private static boolean isOf(Error error, PatternSteps steps) {
    JsonNode instance = error.getInstanceNode();
    return instance != null && instance.isString() && steps.isGivenUp(instance.stringValue());
  }

  static List<SchemaIssue> issues(List<Error> errors) {
    if (errors.isEmpty()) {
      return List.of();
    }
    var issues = new LinkedHashSet<SchemaIssue>();
    for (Error error : errors) {
      issues.add(new SchemaIssue(path(error), error.getMessage(), error.getKeyword()));
      if (issues.size() == MAX_ISSUES) {
        break;
      }
    }
    return List.copyOf(issues);
  }

  /** A property that is missing, or should be, is named too. */
  private static String path(Error error) {
    var path = new StringBuilder();
    for (int i = 0; i < error.getInstanceLocation().getNameCount(); i++) {
      path.append(i == 0 ? "" : ".").append(error.getInstanceLocation().getElement(i));
    }
    String property = error.getProperty();
    if (property != null) {
      path.append(path.isEmpty() ? "" : ".").append(property);
    }
    return path.toString();
  }
}
