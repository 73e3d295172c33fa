package dev.runar.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time on the command line: {@code 500ms}, {@code 5s}, {@code 2m}; a bare number is ms. */
final class Millis implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m)?");

  @Override
  public Duration convert(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || text.matches("0+(ms|s|m)?")) {
      throw new TypeConversionException(
          "'" + text + "' is not a time; write 500ms, 5s or 2m (a bare number is milliseconds)");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case null, default -> Duration.ofMillis(number);
    };
  }
}
