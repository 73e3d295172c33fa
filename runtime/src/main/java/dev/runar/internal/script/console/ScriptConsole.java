package dev.runar.internal.script.console;

import dev.runar.internal.script.console.ConsoleSink.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * The object behind {@code console} in one script context. Owner thread.
 *
 * <p>Each call gives the sink at most one message, already indented by the open groups.
 */
public final class ScriptConsole {
  private static final Source CONSOLE = ValueDescriber.source("console.js");
  private static final int GROUP_INDENTATION = 2;
  private static final int MAX_INDENTATION = 200;
  private static final int MAX_DEPTH = 100;

  private final Context context;
  private final ConsoleFormatter formatter;
  private final ConsoleSink sink;
  private final LongSupplier nanoTime;
  private final ConsoleLabels counts = new ConsoleLabels();
  private final ConsoleLabels timers = new ConsoleLabels();
  private int groups;

  private ScriptConsole(
      Context context, ConsoleFormatter formatter, ConsoleSink sink, LongSupplier nanoTime) {
    this.context = context;
    this.formatter = formatter;
    this.sink = sink;
    this.nanoTime = nanoTime;
  }

  /**
   * Builds the console of an entered context in which no script ran yet.
   *
   * @param nanoTime the clock of {@code console.time}, as {@link System#nanoTime}
   * @return the object to put on the global object as {@code console}
   */
  public static Value install(
      Context context, ConsoleFormatter formatter, ConsoleSink sink, LongSupplier nanoTime) {
    var console = new ScriptConsole(context, formatter, sink, nanoTime);
    ProxyExecutable call = console::call;
    return context.eval(CONSOLE).execute(call);
  }

  /** Every method of the console arrives here: its name, then what {@code console.js} passes. */
  private @Nullable Object call(Value... arguments) {
    switch (arguments[0].asString()) {
      case "log" -> write(Level.LOG, formatter.format(list(arguments[1])));
      case "info" -> write(Level.INFO, formatter.format(list(arguments[1])));
      case "debug" -> write(Level.DEBUG, formatter.format(list(arguments[1])));
      case "warn" -> write(Level.WARN, formatter.format(list(arguments[1])));
      case "error" -> write(Level.ERROR, formatter.format(list(arguments[1])));
      case "trace" -> trace(list(arguments[1]), arguments[2].asString());
      case "dir" -> write(Level.LOG, dir(arguments[1], arguments[2], arguments[3].asBoolean()));
      case "table" -> write(Level.LOG, formatter.table(arguments[1], names(arguments[2])));
      case "group" -> group(list(arguments[1]));
      case "groupEnd" -> groups = Math.max(0, groups - 1);
      case "count" -> count(arguments[1].asString());
      case "countReset" -> countReset(arguments[1].asString());
      case "time" -> time(arguments[1].asString());
      case "timeLog" -> timeLog("timeLog", arguments[1].asString(), list(arguments[2]));
      case "timeEnd" -> timeEnd(arguments[1].asString());
      default -> throw new IllegalArgumentException("no such method: " + arguments[0].asString());
    }
    return null;
  }

  private static Value[] list(Value list) {
    Value[] values = new Value[(int) list.getArraySize()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.getArrayElement(i);
    }
    return values;
  }

  private static List<String> names(Value list) {
    var names = new ArrayList<String>();
    for (Value name : list(list)) {
      names.add(name.asString());
    }
    return names;
  }

  private void write(Level level, String text) {
    if (groups == 0) {
      sink.write(level, text);
      return;
    }
    String indentation = " ".repeat(Math.min(groups * GROUP_INDENTATION, MAX_INDENTATION));
    sink.write(level, OutputBudget.cut(indented(text, indentation)));
  }

  /** Stops where the message is to be cut: indentation can make many lines a lot longer. */
  private static String indented(String text, String indentation) {
    var out = new StringBuilder(indentation);
    for (int i = 0; i < text.length() && out.length() <= OutputBudget.MAX_CHARACTERS; i++) {
      char c = text.charAt(i);
      out.append(c);
      if (c == '\n') {
        out.append(indentation);
      }
    }
    return out.toString();
  }

  private void trace(Value[] data, String frames) {
    String message = formatter.format(data);
    write(Level.ERROR, (message.isEmpty() ? "Trace" : "Trace: " + message) + frames);
  }

  private String dir(Value value, Value depth, boolean hidden) {
    double levels = depth.fitsInDouble() ? depth.asDouble() : InspectOptions.DEFAULT.depth();
    InspectOptions plain = InspectOptions.DEFAULT;
    return formatter.inspect(
        value,
        new InspectOptions(
            (int) Math.min(levels, MAX_DEPTH), hidden, false, plain.elements(), plain.lineWidth()));
  }

  private void group(Value[] data) {
    if (data.length > 0) {
      write(Level.LOG, formatter.format(data));
    }
    groups = Math.min(groups + 1, Integer.MAX_VALUE / GROUP_INDENTATION - 1);
  }

  private void count(String label) {
    long count = counts.find(label).orElse(0) + 1;
    switch (counts.keep(label, count)) {
      case KEPT -> write(Level.LOG, OutputBudget.cut(label + ": " + count));
      case FULL -> warnFull("count", label);
    }
  }

  private void countReset(String label) {
    if (counts.find(label).isEmpty()) {
      warn("Count for '" + label + "' does not exist");
    }
    counts.forget(label);
  }

  private void time(String label) {
    if (timers.find(label).isPresent()) {
      warn("Label '" + label + "' already exists for console.time()");
      return;
    }
    switch (timers.keep(label, nanoTime.getAsLong())) {
      case KEPT -> {
        // It runs; nothing is printed.
      }
      case FULL -> warnFull("time", label);
    }
  }

  private void timeLog(String method, String label, Value[] data) {
    OptionalLong start = timers.find(label);
    if (start.isEmpty()) {
      warn("No such label '" + label + "' for console." + method + "()");
      return;
    }
    Value[] message = new Value[data.length + 3];
    message[0] = context.asValue("%s: %s");
    message[1] = context.asValue(label);
    message[2] = context.asValue(DurationText.of(nanoTime.getAsLong() - start.getAsLong()));
    System.arraycopy(data, 0, message, 3, data.length);
    write(Level.LOG, formatter.format(message));
  }

  private void timeEnd(String label) {
    timeLog("timeEnd", label, new Value[0]);
    timers.forget(label);
  }

  private void warnFull(String method, String label) {
    warn(
        "console.%s() keeps %d labels; '%s' is refused"
            .formatted(method, ConsoleLabels.MAX_LABELS, label));
  }

  private void warn(String text) {
    sink.write(Level.WARN, OutputBudget.cut("Warning: " + text));
  }
}
