package dev.runar.internal.script.syntax;

import dev.runar.internal.script.syntax.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What kind of module a text is, and what it asks of its loader. Immutable; any thread. */
public final class ModuleSyntax {
  private static final Set<String> EXPORTED =
      Set.of("default", "const", "let", "var", "function", "class", "async", "{", "*");

  private final Tokens tokens;

  /** Reads the tokens of a text. */
  public ModuleSyntax(Tokens tokens) {
    this.tokens = tokens;
  }

  /** Whether the text has what only an ES module may have. */
  public boolean isEsModule() {
    for (int i = 0; i < tokens.size(); i++) {
      if ((tokens.is(i, "import") || tokens.is(i, "export")) && !isMember(i) && isModule(i)) {
        return true;
      }
    }
    return false;
  }

  private boolean isModule(int i) {
    if (tokens.is(i, "export")) {
      return tokens.depth(i) == 0 && tokens.size() > i + 1 && EXPORTED.contains(tokens.text(i + 1));
    }
    if (tokens.is(i + 1, ".")) {
      return tokens.is(i + 2, "meta");
    }
    boolean declaration =
        tokens.is(i + 1, Kind.STRING)
            || tokens.is(i + 1, "{")
            || tokens.is(i + 1, "*")
            || (tokens.is(i + 1, Kind.WORD) && !tokens.is(i + 1, "in"));
    return tokens.depth(i) == 0 && declaration;
  }

  /** Whether the text uses what only a CommonJS module is given. */
  public boolean usesCommonJs() {
    for (int i = 0; i < tokens.size(); i++) {
      if (!tokens.is(i, Kind.WORD) || isMember(i)) {
        continue;
      }
      boolean used =
          (tokens.is(i, "require") && tokens.is(i + 1, "("))
              || (tokens.is(i, "module") && isMember(i + 2) && tokens.is(i + 2, "exports"))
              || (tokens.is(i, "exports") && (tokens.is(i + 1, ".") || tokens.is(i + 1, "[")))
              || tokens.is(i, "__dirname")
              || tokens.is(i, "__filename");
      if (used) {
        return true;
      }
    }
    return false;
  }

  private boolean isMember(int i) {
    return tokens.is(i - 1, ".") || tokens.is(i - 1, "?.");
  }

  /** Whether the text asks {@code import.meta} for more than the {@code url} that engines give. */
  public boolean usesImportMeta() {
    for (int i = 0; i + 2 < tokens.size(); i++) {
      boolean meta = tokens.is(i, "import") && tokens.is(i + 1, ".") && tokens.is(i + 2, "meta");
      if (meta && !(tokens.is(i + 3, ".") && tokens.is(i + 4, "url"))) {
        return true;
      }
    }
    return false;
  }

  /**
   * An import of a file as text.
   *
   * @param start where its attribute begins in the text
   * @param end where its attribute ends
   */
  public record TextImport(String specifier, int start, int end) {}

  /** Every {@code "x" with { type: "text" }}, and {@code import("x", { with: … })}. */
  public List<TextImport> textImports() {
    var found = new ArrayList<TextImport>();
    for (int i = 1; i < tokens.size(); i++) {
      if (tokens.is(i, "with") && tokens.is(i - 1, Kind.STRING) && isText(i + 1)) {
        found.add(textImport(i - 1, i, i + 5));
      }
      boolean dynamic =
          tokens.is(i, ",")
              && tokens.is(i - 1, Kind.STRING)
              && tokens.is(i - 3, "import")
              && tokens.is(i + 1, "{")
              && tokens.is(i + 2, "with")
              && tokens.is(i + 3, ":");
      if (dynamic && isText(i + 4) && tokens.is(i + 9, "}")) {
        found.add(textImport(i - 1, i, i + 9));
      }
    }
    return found;
  }

  private TextImport textImport(int specifier, int first, int last) {
    return new TextImport(tokens.string(specifier), tokens.start(first), tokens.end(last));
  }

  /** Whether {@code { type: "text" }} begins here: five tokens. */
  private boolean isText(int i) {
    return tokens.is(i, "{")
        && tokens.is(i + 1, "type")
        && tokens.is(i + 2, ":")
        && tokens.is(i + 3, Kind.STRING)
        && tokens.string(i + 3).equals("text")
        && tokens.is(i + 4, "}");
  }
}
