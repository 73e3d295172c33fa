package dev.runar.internal.script.module;

import com.caoccao.javet.swc4j.Swc4j;
import com.caoccao.javet.swc4j.ast.interfaces.ISwc4jAst;
import com.caoccao.javet.swc4j.enums.Swc4jMediaType;
import com.caoccao.javet.swc4j.enums.Swc4jParseMode;
import com.caoccao.javet.swc4j.exceptions.Swc4jCoreException;
import com.caoccao.javet.swc4j.options.Swc4jParseOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads texts as trees of the TypeScript compiler. Any thread; one text at a time. */
final class SyntaxTree {
  private @Nullable Swc4j swc;

  /**
   * The statements of a module in TypeScript or JavaScript.
   *
   * @throws TypeScript.SyntaxException if the text is neither
   */
  synchronized List<ISwc4jAst> statements(String text)
      throws TypeScript.SyntaxException, TypeScript.UnavailableException {
    if (swc == null) {
      swc = SwcTypeScript.load();
    }
    var options =
        new Swc4jParseOptions()
            .setSpecifier(SwcTypeScript.NAME)
            .setMediaType(Swc4jMediaType.TypeScript)
            .setParseMode(Swc4jParseMode.Module)
            .setCaptureAst(true);
    try {
      return List.copyOf(swc.parse(text, options).getProgram().getChildNodes());
    } catch (Swc4jCoreException e) {
      throw SwcTypeScript.syntaxException(text, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The text of a node in the text that it was read from. The compiler counts code points where
   * Java counts UTF-16 units.
   */
  static String text(String source, ISwc4jAst node) {
    return source.substring(start(source, node), end(source, node));
  }

  static int start(String source, ISwc4jAst node) {
    return unit(source, node.getSpan().getStart());
  }

  static int end(String source, ISwc4jAst node) {
    return unit(source, node.getSpan().getEnd());
  }

  private static int unit(String source, int codePoint) {
    int most = source.codePointCount(0, source.length());
    return source.offsetByCodePoints(0, Math.clamp(codePoint, 0, most));
  }

  /** A part of a text and what takes its place. */
  record Edit(int start, int end, String text) {
    static Edit of(String source, ISwc4jAst node, String text) {
      return new Edit(SyntaxTree.start(source, node), SyntaxTree.end(source, node), text);
    }
  }

  /** The text with these parts replaced, which do not overlap. */
  static String edited(String source, List<Edit> edits) {
    var ordered = new ArrayList<>(edits);
    ordered.sort(Comparator.comparingInt(Edit::start).reversed());
    var text = new StringBuilder(source);
    ordered.forEach(edit -> text.replace(edit.start(), edit.end(), edit.text()));
    return text.toString();
  }
}
