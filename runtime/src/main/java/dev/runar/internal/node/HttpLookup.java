package dev.runar.internal.node;

import dev.runar.ActionOptions;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** What there is at a method and a path of the URL. Immutable. */
public sealed interface HttpLookup {
  /** No action has this path. */
  HttpLookup NONE = new None();

  /** See {@link #NONE}. */
  record None() implements HttpLookup {}

  /**
   * Actions have this path, by other methods.
   *
   * @param methods that there are
   */
  record OtherMethods(SortedSet<String> methods) implements HttpLookup {}

  /**
   * An action.
   *
   * @param path what to request
   * @param values of the path's templates, decoded
   * @param positional the names of the action's parameters; null: it takes its input as a whole
   */
  record Found(
      String path,
      Map<String, String> values,
      @Nullable List<String> positional,
      ActionOptions options)
      implements HttpLookup {}
}
