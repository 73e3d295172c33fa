package dev.runar.internal.script.syntax;

import dev.runar.internal.script.syntax.Tokens.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names that a CommonJS module exports, as far as its text shows them: they are what an ES
 * module can import from it by name. Immutable; any thread.
 *
 * <p>It knows the forms that Node.js knows (its cjs-module-lexer): assignments to {@code exports}
 * and {@code module.exports}, object literals, {@code Object.defineProperty}, and the re-exports
 * that TypeScript, Babel and esbuild write. Of a re-export in a loop it knows more forms than that,
 * and {@code (0, tslib.__exportStar)(…)}: one name too many is {@code undefined}, one too few ends
 * the load.
 *
 * @param names what is exported, in order
 * @param reexports the modules whose names are exported too, as they are required
 */
public record CommonJsExports(Set<String> names, Set<String> reexports) {
  /** How far after {@code Object.keys(x).forEach(} the assignment may stand, in tokens. */
  private static final int FOR_EACH_TOKENS = 80;

  /** Reads the tokens of a text. */
  public static CommonJsExports of(Tokens tokens) {
    var reader = new Reader(tokens);
    reader.read();
    reader.names.removeAll(reader.computed);
    return new CommonJsExports(reader.names, reader.reexports);
  }

  private static final class Reader {
    private final Tokens tokens;
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> reexports = new LinkedHashSet<>();

    /** What has a getter that does more than to read: never among the names. */
    private final Set<String> computed = new HashSet<>();

    /** What variables were assigned {@code require("…")}. */
    private final Map<String, String> required = new HashMap<>();

    Reader(Tokens tokens) {
      this.tokens = tokens;
    }

    void read() {
      for (int i = 0; i < tokens.size(); i++) {
        if (!tokens.is(i, Kind.WORD) || tokens.is(i - 1, ".")) {
          continue;
        }
        int after = afterExports(i);
        if (after > 0) {
          assignment(i, after);
        } else if (tokens.is(i, "Object") && tokens.is(i + 1, ".")) {
          ofObject(i + 2);
        } else if (tokens.is(i, "__exportStar") || tokens.is(i, "__export")) {
          star(i + 1);
        } else if (tokens.is(i + 1, "=")) {
          remember(i);
        } else if (isTslib(i)) {
          star(i + 3);
        }
      }
    }

    private boolean isTslib(int i) {
      return tokens.is(i + 1, ".")
          && (tokens.is(i + 2, "__exportStar") || tokens.is(i + 2, "__export"));
    }

    /** The token after {@code exports} or {@code module.exports}; 0 if it is none. */
    private int afterExports(int i) {
      if (tokens.is(i, "exports")) {
        return i + 1;
      }
      boolean ofModule =
          tokens.is(i, "module") && tokens.is(i + 1, ".") && tokens.is(i + 2, "exports");
      return ofModule ? i + 3 : 0;
    }

    private void assignment(int i, int after) {
      if (tokens.is(after, ".") && tokens.is(after + 2, "=")) {
        names.add(tokens.text(after + 1));
      } else if (tokens.is(after, "[")
          && tokens.is(after + 1, Kind.STRING)
          && tokens.is(after + 3, "=")) {
        names.add(tokens.string(after + 1));
      } else if (tokens.is(after, "=") && tokens.is(i, "module")) {
        reexports.clear(); // what was there is replaced
        whole(after + 1);
      }
    }

    /** What is assigned to {@code module.exports}. */
    private void whole(int i) {
      if (tokens.is(i, "{")) {
        literal(i + 1);
      } else if (isRequire(i)) {
        reexports.add(tokens.string(i + 2));
      }
    }

    private boolean isRequire(int i) {
      return tokens.is(i, "require")
          && tokens.is(i + 1, "(")
          && tokens.is(i + 2, Kind.STRING)
          && tokens.is(i + 3, ")");
    }

    /** Properties up to the first whose value is more than a name. */
    private void literal(int first) {
      int i = first;
      while (i < tokens.size()) {
        if (tokens.is(i, "...")) {
          if (isRequire(i + 1)) {
            reexports.add(tokens.string(i + 3));
            i += 5;
          } else if (tokens.is(i + 1, Kind.WORD)) {
            i += 2;
          } else {
            return;
          }
        } else if (tokens.is(i, Kind.WORD) || tokens.is(i, Kind.STRING)) {
          boolean pair = tokens.is(i + 1, ":");
          if (pair ? !tokens.is(i + 2, Kind.WORD) : tokens.is(i, Kind.STRING)) {
            return;
          }
          names.add(tokens.is(i, Kind.STRING) ? tokens.string(i) : tokens.text(i));
          i += pair ? 3 : 1;
        } else {
          return;
        }
        if (!tokens.is(i, ",")) {
          return;
        }
        i++;
      }
    }

    private void ofObject(int i) {
      if (tokens.is(i, "defineProperty") && tokens.is(i + 1, "(")) {
        int after = afterExports(i + 2);
        if (after > 0 && tokens.is(after, ",") && tokens.is(after + 1, Kind.STRING)) {
          defined(after + 1);
        }
      } else if (tokens.is(i, "keys")
          && tokens.is(i + 1, "(")
          && tokens.is(i + 3, ")")
          && tokens.is(i + 4, ".")
          && tokens.is(i + 5, "forEach")) {
        each(i + 2);
      }
    }

    /**
     * {@code Object.defineProperty(exports, "name", { enumerable: true, get … })}. A getter that
     * does more than to read takes the name out: asking for it when the module is imported, and not
     * when it is used, might have effects.
     */
    private void defined(int name) {
      int i = name + 3;
      if (tokens.is(i, "enumerable") && tokens.is(i + 1, ":") && tokens.is(i + 2, "true")) {
        i += 4;
      }
      boolean isObject = tokens.is(name + 1, ",") && tokens.is(name + 2, "{");
      boolean isValue = tokens.is(i, "value") && tokens.is(i + 1, ":");
      if (isObject && (isValue || (tokens.is(i, "get") && isPlainGetter(i + 1)))) {
        names.add(tokens.string(name));
      } else {
        computed.add(tokens.string(name));
      }
    }

    /** {@code : function name() { return x.y; } })}, or the same as a method. */
    private boolean isPlainGetter(int first) {
      int i = first;
      if (tokens.is(i, ":")) {
        if (!tokens.is(i + 1, "function")) {
          return false;
        }
        i += tokens.is(i + 2, Kind.WORD) ? 3 : 2;
      }
      boolean opens =
          tokens.is(i, "(")
              && tokens.is(i + 1, ")")
              && tokens.is(i + 2, "{")
              && tokens.is(i + 3, "return")
              && tokens.is(i + 4, Kind.WORD);
      i += 5;
      if (tokens.is(i, ".")) {
        i += 2;
      } else if (tokens.is(i, "[") && tokens.is(i + 1, Kind.STRING)) {
        i += 3;
      }
      i += tokens.is(i, ";") ? 1 : 0;
      boolean closes = tokens.is(i, "}");
      i += tokens.is(i + 1, ",") ? 2 : 1;
      return opens && closes && tokens.is(i, "}") && tokens.is(i + 1, ")");
    }

    /** Babel's {@code Object.keys(_x).forEach(function (key) { … exports[key] = _x[key] … })}. */
    private void each(int variable) {
      String specifier = required.get(tokens.text(variable));
      int last = Math.min(tokens.size(), variable + FOR_EACH_TOKENS);
      for (int i = variable + 4; specifier != null && i < last; i++) {
        if (tokens.is(i, "exports") && (tokens.is(i + 1, "[") || tokens.is(i + 1, ","))) {
          reexports.add(specifier);
          return;
        }
      }
    }

    /** {@code __exportStar(require("x"), exports)}, with or without {@code (0, …)} around it. */
    private void star(int after) {
      int i = tokens.is(after, ")") ? after + 1 : after;
      if (tokens.is(i, "(") && isRequire(i + 1)) {
        reexports.add(tokens.string(i + 3));
      }
    }

    /** {@code x = require("y")} and {@code x = wrap(require("y"))}. */
    private void remember(int variable) {
      int value = variable + 2;
      if (tokens.is(value, Kind.WORD) && tokens.is(value + 1, "(") && isRequire(value + 2)) {
        value += 2;
      }
      if (isRequire(value)) {
        required.put(tokens.text(variable), tokens.string(value + 2));
      }
    }
  }
}
