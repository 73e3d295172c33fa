package dev.runar.internal.script.module;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.graalvm.polyglot.Source;

/**
 * Keeps sources, since an engine parses a source once as long as somebody holds it. Any thread.
 *
 * <p>Bounded by the length of the texts; the least recently used leaves first.
 */
final class ParsedSources {
  private static final long MAX_CHARACTERS = 32L << 20;

  private final Map<Path, Source> sources = new LinkedHashMap<>(64, 0.75f, true);
  private long characters;

  /** The source of a file whose text this is. */
  synchronized Source source(Path file, String text) {
    Source known = sources.get(file);
    if (known != null && known.getCharacters().toString().equals(text)) {
      return known;
    }
    Source fresh = fresh(file, text);
    sources.put(file, fresh);
    characters += fresh.getLength() - (known == null ? 0 : known.getLength());
    var oldest = sources.values().iterator();
    while (characters > MAX_CHARACTERS && sources.size() > 1) {
      characters -= oldest.next().getLength();
      oldest.remove();
    }
    return fresh;
  }

  private static Source fresh(Path file, String text) {
    try {
      return Source.newBuilder("js", file.toFile()).content(text).build();
    } catch (IOException e) {
      throw new UncheckedIOException("the text is given, so nothing is read", e);
    }
  }
}
