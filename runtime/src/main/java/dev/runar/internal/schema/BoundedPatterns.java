package dev.runar.internal.schema;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import com.networknt.schema.regex.RegularExpressions;
import dev.runar.internal.schema.PatternSteps.TooMany;
import java.util.regex.Pattern;

/**
 * The {@code pattern} and {@code patternProperties} of schemas, by the JDK's engine, which goes
 * back and forth in a text: some patterns take exponential time for a text that was made for it. So
 * the steps of a check are counted, and one that takes too many is given up. Any thread.
 */
final class BoundedPatterns implements RegularExpressionFactory {
  private final ScopedValue<PatternSteps> current = ScopedValue.newInstance();

  /** Runs a check whose patterns have these steps together. */
  void within(PatternSteps steps, Runnable check) {
    ScopedValue.where(current, steps).run(check);
  }

  @Override
  public RegularExpression getRegularExpression(String regex) {
    String ofJdk =
        RegularExpressions.replaceLongformCharacterProperties(
            RegularExpressions.replaceDollarAnchors(regex));
    Pattern pattern = Pattern.compile(ofJdk);
    return text -> find(pattern, text);
  }

  /** False also for what is given up: the steps know, and the whole check fails for it. */
  private boolean find(Pattern pattern, String text) {
    if (!current.isBound()) { // a schema is read, which is its author's
      return pattern.matcher(text).find();
    }
    PatternSteps steps = current.get();
    if (steps.isGivenUp()) {
      return false;
    }
    try {
      return pattern.matcher(steps.over(text)).find();
    } catch (TooMany | StackOverflowError e) { // the engine also recurses
      steps.giveUp(text);
      return false;
    }
  }
}
