package dev.runar.internal.script.module;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who imported whom, and how a failed import is told. Owner thread of one script context. */
final class ImportTrail {
  /** The most steps of an import chain that a message shows. */
  private static final int MAX_CHAIN = 12;

  private final ModuleSettings settings;
  private final ModuleTexts texts;

  /** Who first imported each module. Bounded by {@code maxModules}. */
  private final Map<Path, String> importers = new HashMap<>();

  ImportTrail(ModuleSettings settings, ModuleTexts texts) {
    this.settings = settings;
    this.texts = texts;
  }

  /** Remembers who imported a file, if nobody did before. */
  void imported(Path found, @Nullable String importer) {
    if (importer != null && importers.size() < settings.maxModules()) {
      importers.putIfAbsent(found, importer);
    }
  }

  /** How the entry file came to import this one: {@code app.ts -> lib/a.ts}; empty if directly. */
  private String chain(String importer) {
    Deque<String> chain = importersOf(importer);
    chain.addLast(settings.shown(importer));
    return chain.size() < 2 ? "" : "\nImported by: " + String.join(" -> ", chain);
  }

  /** The files that led to one that is wrong itself; empty for the entry. */
  String to(String file) {
    Deque<String> chain = importersOf(file);
    return chain.isEmpty() ? "" : "\nImported by: " + String.join(" -> ", chain);
  }

  private Deque<String> importersOf(String imported) {
    Deque<String> chain = new ArrayDeque<>();
    for (String file = importers.get(Path.of(imported));
        file != null && chain.size() < MAX_CHAIN;
        file = importers.get(Path.of(file))) {
      chain.addFirst(settings.shown(file));
    }
    return chain;
  }

  /** The failure of an import, at its place in the importing file if that can be found. */
  ScriptLoadException failure(
      @Nullable String importer, String specifier, Kind kind, String what, String why) {
    if (importer == null) {
      return new ScriptLoadException(kind, what, why, null);
    }
    String source = texts.readQuietly(importer);
    SourceMap.Place place = ImportSite.ofSpecifier(source, specifier);
    if (place == null) {
      return new ScriptLoadException(kind, what, why + chain(importer), null);
    }
    var position = new Position(importer, place.line(), place.column());
    String frame = CodeFrame.of(source, place.line(), place.column());
    return new ScriptLoadException(
        kind, what, position, settings.shown(position), frame + "\n" + why + chain(importer), null);
  }
}
