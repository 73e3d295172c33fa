package dev.runar.internal.script.console;

import java.util.List;

/** Fills the arguments of a message into the specifiers of its first one. Owner thread. */
final class FormatSpecifiers {
  private final ValueDescriber describer;
  private final OutputBudget budget;

  FormatSpecifiers(ValueDescriber describer, OutputBudget budget) {
    this.describer = describer;
    this.budget = budget;
  }

  String format(List<Cell> arguments) {
    var out = new StringBuilder();
    int next = 0;
    if (arguments.size() > 1 && arguments.getFirst().kind() == Cell.Kind.STRING) {
      next = fill(arguments.getFirst().value().asString(), arguments, out);
    }
    for (; next < arguments.size() && !budget.isSpent(); next++) {
      if (next > 0) {
        out.append(' ');
      }
      out.append(plain(arguments.get(next)));
    }
    return out.toString();
  }

  /** Writes the template and answers the index of the first argument it did not use. */
  private int fill(String template, List<Cell> arguments, StringBuilder out) {
    int used = 0;
    int i = 0;
    while (i < template.length()) {
      char c = template.charAt(i);
      char specifier = c == '%' && i + 1 < template.length() ? template.charAt(i + 1) : 0;
      if (specifier == '%') {
        out.append('%');
        i += 2;
      } else if (specifier != 0
          && "sdifjoOc".indexOf(specifier) >= 0
          && used + 1 < arguments.size()) {
        out.append(convert(specifier, arguments.get(++used)));
        i += 2;
      } else {
        out.append(c);
        i++;
      }
    }
    return used + 1;
  }

  private String convert(char specifier, Cell argument) {
    return budget.spend(
        switch (specifier) {
          case 's' -> string(argument);
          case 'd' -> number("number", argument);
          case 'i' -> number("integer", argument);
          case 'f' ->
              argument.kind() == Cell.Kind.SYMBOL
                  ? "NaN"
                  : text(describer.convert("decimal", argument.value()));
          case 'j' -> text(describer.convert("json", argument.value()));
          case 'o' -> inspect(argument, InspectOptions.DEFAULT.withEverything());
          case 'O' -> inspect(argument, InspectOptions.DEFAULT);
          default -> ""; // %c carries a style for browsers
        });
  }

  private String string(Cell argument) {
    return switch (argument.kind()) {
      case STRING -> argument.value().asString();
      case OBJECT ->
          isFunction(argument) || !describer.printsByItself(argument.value())
              ? text(describer.convert("string", argument.value()))
              : inspect(argument, InspectOptions.DEFAULT.withDepth(0));
      default -> inspect(argument, InspectOptions.DEFAULT);
    };
  }

  private static boolean isFunction(Cell argument) {
    return argument.value().canExecute() || argument.value().canInstantiate();
  }

  private String number(String how, Cell argument) {
    return switch (argument.kind()) {
      case BIGINT -> inspect(argument, InspectOptions.DEFAULT);
      case SYMBOL -> "NaN";
      default -> text(describer.convert(how, argument.value()));
    };
  }

  private String text(Cell converted) {
    return converted.kind() == Cell.Kind.STRING
        ? converted.value().asString()
        : inspect(converted, InspectOptions.DEFAULT);
  }

  private String plain(Cell argument) {
    return argument.kind() == Cell.Kind.STRING
        ? budget.spend(argument.value().asString())
        : inspect(argument, InspectOptions.DEFAULT);
  }

  private String inspect(Cell argument, InspectOptions options) {
    return new Inspection(describer, options, budget).print(argument, 0);
  }
}
