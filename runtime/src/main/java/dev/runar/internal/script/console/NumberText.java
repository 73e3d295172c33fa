package dev.runar.internal.script.console;

import java.math.BigDecimal;
import java.math.MathContext;

/** How JavaScript writes a number; the sign of a negative zero is kept, as Node's console does. */
final class NumberText {
  private NumberText() {}

  static String of(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "Infinity" : "-Infinity";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    if (number == (long) number && Math.abs(number) < 1e15) {
      return Long.toString((long) number);
    }
    BigDecimal shortest = shortest(Math.abs(number));
    String digits = shortest.unscaledValue().toString();
    String text = layOut(digits, digits.length() - shortest.scale());
    return number < 0 ? "-" + text : text;
  }

  /**
   * The shortest digits that read back as the same number. Java finds them too, but never fewer
   * than two, which shows at the very smallest numbers.
   */
  private static BigDecimal shortest(double number) {
    var digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    if (digits.precision() != 2) {
      return digits;
    }
    BigDecimal one = digits.round(new MathContext(1));
    return one.doubleValue() == number ? one : digits;
  }

  /** Places the point: the number is {@code 0.digits} times ten to the power of {@code point}. */
  private static String layOut(String digits, int point) {
    int count = digits.length();
    if (point >= count && point <= 21) {
      return digits + "0".repeat(point - count);
    }
    if (point > 0 && point <= 21) {
      return digits.substring(0, point) + "." + digits.substring(point);
    }
    if (point > -6 && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    String exponent = (point > 0 ? "+" : "-") + Math.abs(point - 1);
    String fraction = count == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + "e" + exponent;
  }
}
