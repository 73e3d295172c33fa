package dev.runar.internal.script.module;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows the source that a stack begins at. Any thread; reads the file when asked.
 *
 * <p>The text of a stack is the script's to write, so only modules that were loaded are shown.
 */
public final class Excerpts {
  private static final Pattern PLACE =
      Pattern.compile("^\\s+at (?:.*\\()?(.+?):(\\d{1,9}):(\\d{1,9})\\)?$", Pattern.MULTILINE);

  private final ModuleSettings settings;
  private final ModuleTexts texts;
  private final Predicate<Path> isLoaded;

  Excerpts(ModuleSettings settings, ModuleTexts texts, Predicate<Path> isLoaded) {
    this.settings = settings;
    this.texts = texts;
    this.isLoaded = isLoaded;
  }

  /** The lines around the first place of the stack; empty if they are not known. */
  public Optional<String> at(String stack) {
    Matcher place = PLACE.matcher(stack);
    if (!place.find()) {
      return Optional.empty();
    }
    int line = Integer.parseInt(place.group(2));
    int column = Integer.parseInt(place.group(3));
    return loaded(place.group(1))
        .map(file -> CodeFrame.of(texts.readQuietly(file.toString()), line, column))
        .filter(frame -> !frame.isEmpty());
  }

  private Optional<Path> loaded(String shown) {
    try {
      return Optional.of(settings.base().resolve(shown)).filter(isLoaded);
    } catch (InvalidPathException namedByTheScript) {
      return Optional.empty();
    }
  }
}
