package dev.runar.internal.script.console;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/**
 * Prints values of one script context as the console of Node 20 does. Owner thread.
 *
 * <p>Code of the script runs only where Node runs it too, and what it throws is printed as {@code
 * [Thrown: message]}. A message has at most {@link OutputBudget#MAX_CHARACTERS} characters and
 * visits at most {@link OutputBudget#MAX_VALUES} values.
 */
public final class ConsoleFormatter {
  private final ValueDescriber describer;

  private ConsoleFormatter(ValueDescriber describer) {
    this.describer = describer;
  }

  /** Makes the formatter of an entered context in which no script ran yet. */
  public static ConsoleFormatter create(Context context) {
    return new ConsoleFormatter(ValueDescriber.create(context));
  }

  /** The message that {@code console.log} prints for these arguments, without a line end. */
  public String format(Value... arguments) {
    return guarded(
        () -> {
          var cells = new ArrayList<Cell>(arguments.length);
          for (Value argument : arguments) {
            cells.add(describer.argument(argument));
          }
          return new FormatSpecifiers(describer, new OutputBudget()).format(cells);
        });
  }

  /** Prints one value, strings quoted, as {@code console.dir} does. */
  String inspect(Value value, InspectOptions options) {
    return guarded(
        () ->
            new Inspection(describer, options, new OutputBudget())
                .print(describer.nested(value), 0));
  }

  /**
   * Prints one value as {@code util.inspect} does.
   *
   * @param depth how many levels of nested objects
   * @param hidden properties that are not enumerable too
   * @param lineWidth columns before a value is broken into lines
   */
  public String inspect(Value value, int depth, boolean hidden, int lineWidth) {
    InspectOptions options =
        new InspectOptions(depth, hidden, false, InspectOptions.MAX_ELEMENTS, lineWidth);
    return inspect(value, options);
  }

  /** Prints a table with these columns, or with all when there are none. */
  String table(Value data, List<String> columns) {
    return guarded(() -> new TableText(describer).of(data, columns));
  }

  /**
   * The inspector catches what a script's code throws; what is left is a stack with no room, which
   * is printed, and an interrupted or closed context, which is not ours to stop.
   */
  private static String guarded(Supplier<String> print) {
    try {
      return OutputBudget.cut(print.get());
    } catch (PolyglotException e) {
      if (e.isInterrupted() || e.isCancelled() || e.isExit() || e.isResourceExhausted()) {
        throw e;
      }
      return Inspection.thrown("the value could not be printed");
    }
  }
}
