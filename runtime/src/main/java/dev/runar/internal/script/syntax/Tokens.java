package dev.runar.internal.script.syntax;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;

/**
 * The tokens of a JavaScript text, without comments and white space. Immutable; any thread.
 *
 * <p>It never fails: of a text that is not JavaScript it finds some tokens, and the engine says
 * what is wrong. Whether a slash divides or begins a regular expression is decided by what stands
 * before it, as parsers without a grammar do.
 */
public final class Tokens {
  /** What a token is. */
  enum Kind {
    /** An identifier or a keyword. */
    WORD,
    STRING,
    NUMBER,
    REGEX,
    /** A piece of a template literal, from a backtick or a brace to the next one. */
    TEMPLATE,
    PUNCTUATION
  }

  /** After these words a slash begins a regular expression. */
  private static final Set<String> BEFORE_VALUE =
      Set.of(
          "return",
          "typeof",
          "case",
          "do",
          "else",
          "in",
          "instanceof",
          "new",
          "void",
          "delete",
          "throw",
          "yield",
          "await",
          "of",
          "default",
          "extends");

  /** A parenthesis after these is followed by a statement. */
  private static final Set<String> BEFORE_CONDITION = Set.of("if", "while", "for", "with");

  private final String text;
  private int[] starts;
  private int[] ends;
  private int[] depths;
  private Kind[] kinds;
  private int size;

  // While scanning.
  private int at;
  private int depth;
  private final Deque<Bracket> open = new ArrayDeque<>();
  private boolean valueEnded;

  /**
   * An open bracket.
   *
   * @param endsValue whether its end is the end of a value, so that a slash then divides
   */
  private record Bracket(char kind, boolean endsValue) {}

  private Tokens(String text) {
    this.text = text;
    int guess = text.length() / 4 + 16;
    this.starts = new int[guess];
    this.ends = new int[guess];
    this.depths = new int[guess];
    this.kinds = new Kind[guess];
  }

  /** The tokens of a text. */
  public static Tokens of(String text) {
    var tokens = new Tokens(text);
    tokens.scan();
    return tokens;
  }

  /** Whether a bracket or a template has begun and not ended. */
  public boolean isOpen() {
    return !open.isEmpty();
  }

  /** Where the last token ends; what follows are blanks and comments. */
  public int end() {
    return size == 0 ? 0 : ends[size - 1];
  }

  int size() {
    return size;
  }

  /** Whether a token is there and is this word or punctuation. */
  boolean is(int index, String expected) {
    return index >= 0
        && index < size
        && ends[index] - starts[index] == expected.length()
        && text.startsWith(expected, starts[index])
        && kind(index) != Kind.STRING;
  }

  boolean is(int index, Kind kind) {
    return index >= 0 && index < size && kinds[index] == kind;
  }

  private Kind kind(int index) {
    return kinds[index];
  }

  String text(int index) {
    return text.substring(starts[index], ends[index]);
  }

  /** The text of a string literal, simple escapes undone. */
  String string(int index) {
    String body = text.substring(starts[index] + 1, Math.max(starts[index] + 1, ends[index] - 1));
    return body.indexOf('\\') < 0 ? body : StringEscape.undo(body);
  }

  /** How many brackets are open before a token. */
  int depth(int index) {
    return depths[index];
  }

  int start(int index) {
    return starts[index];
  }

  int end(int index) {
    return ends[index];
  }

  private void scan() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || c == '\u00a0' || c == '\ufeff') {
        at++;
      } else if (c == '/' && isComment()) {
        skipComment();
      } else {
        token(c);
      }
    }
  }

  private boolean isComment() {
    return text.startsWith("//", at) || text.startsWith("/*", at);
  }

  private void skipComment() {
    boolean line = text.charAt(at + 1) == '/';
    int end = text.indexOf(line ? "\n" : "*/", at + 2);
    at = end < 0 ? text.length() : end + (line ? 1 : 2);
  }

  private void token(char c) {
    int start = at;
    if (isWordPart(c) && !isDigit(c)) {
      word(start);
    } else if (isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
      number(start);
    } else if (c == '"' || c == '\'') {
      quoted(c);
      add(Kind.STRING, start, true);
    } else if (c == '`') {
      at++;
      template(start);
    } else if (c == '/' && !valueEnded) {
      regex(start);
    } else {
      punctuation(start, c);
    }
  }

  private void word(int start) {
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    boolean member = is(size - 1, ".") || is(size - 1, "?.");
    add(Kind.WORD, start, member || !BEFORE_VALUE.contains(text.substring(start, at)));
  }

  private void number(int start) {
    while (at < text.length() && (isWordPart(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    add(Kind.NUMBER, start, true);
  }

  /** To the end of a quoted text, or of its line. */
  private void quoted(char quote) {
    for (at++; at < text.length() && text.charAt(at) != '\n'; at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == quote) {
        at++;
        return;
      }
    }
    at = Math.min(at, text.length());
  }

  /** A piece of a template, from where we stand. */
  private void template(int start) {
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '`') {
        add(Kind.TEMPLATE, start, true);
        return;
      } else if (c == '$' && at < text.length() && text.charAt(at) == '{') {
        at++;
        add(Kind.TEMPLATE, start, false);
        open('`', true);
        return;
      }
    }
    at = text.length();
    add(Kind.TEMPLATE, start, true);
  }

  private void regex(int start) {
    boolean inClass = false;
    for (at++; at < text.length() && text.charAt(at) != '\n'; at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '[') {
        inClass = true;
      } else if (c == ']') {
        inClass = false;
      } else if (c == '/' && !inClass) {
        at++;
        break;
      }
    }
    at = Math.min(at, text.length());
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    add(Kind.REGEX, start, true);
  }

  private void punctuation(int start, char c) {
    switch (c) {
      case '(', '[', '{' -> {
        boolean endsValue = endsValue(c);
        at++;
        add(Kind.PUNCTUATION, start, false);
        open(c, endsValue);
      }
      case ')', ']', '}' -> close(start);
      default -> {
        at += length(c);
        boolean postfix = (c == '+' || c == '-') && at - start == 2;
        add(Kind.PUNCTUATION, start, postfix);
      }
    }
  }

  private void open(char kind, boolean endsValue) {
    open.push(new Bracket(kind, endsValue));
    depth++;
  }

  private void close(int start) {
    Bracket bracket = open.poll();
    depth = Math.max(0, depth - 1);
    at++;
    if (bracket != null && bracket.kind() == '`') {
      template(start);
    } else {
      add(Kind.PUNCTUATION, start, bracket == null || bracket.endsValue());
    }
  }

  /** Whether what is about to be opened is a value when it ends. */
  private boolean endsValue(char c) {
    int before = size - 1;
    if (c == '(') {
      return !(is(before, Kind.WORD) && BEFORE_CONDITION.contains(text(before)));
    }
    if (c == '[' || before < 0) {
      return c == '[';
    }
    boolean block = is(before, ")") || is(before, "=>") || is(before, ";") || is(before, "}");
    boolean afterWord = is(before, Kind.WORD) && !is(before, "return") && !is(before, "default");
    return !(block || afterWord || is(before, "{"));
  }

  private int length(char c) {
    if (c == '=') {
      int end = at;
      while (end < text.length() && text.charAt(end) == '=' && end < at + 3) {
        end++;
      }
      boolean arrow = end == at + 1 && end < text.length() && text.charAt(end) == '>';
      return arrow ? 2 : end - at;
    }
    if (c == '.') {
      return text.startsWith("...", at) ? 3 : 1;
    }
    if (c == '?') {
      return text.startsWith("?.", at) ? 2 : 1;
    }
    return at + 1 < text.length() && text.charAt(at + 1) == c && "+-&|".indexOf(c) >= 0 ? 2 : 1;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || isDigit(c)
        || c == '_'
        || c == '$'
        || c == '#'
        || c == '\\'
        || (c > 127 && !Character.isWhitespace(c) && c != '\u00a0' && c != '\ufeff');
  }

  private void add(Kind kind, int start, boolean endsValue) {
    if (size == starts.length) {
      int more = size * 2;
      starts = Arrays.copyOf(starts, more);
      ends = Arrays.copyOf(ends, more);
      depths = Arrays.copyOf(depths, more);
      kinds = Arrays.copyOf(kinds, more);
    }
    starts[size] = start;
    ends[size] = Math.min(at, text.length());
    depths[size] = depth;
    kinds[size++] = kind;
    valueEnded = endsValue;
  }
}
