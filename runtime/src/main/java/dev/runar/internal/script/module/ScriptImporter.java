package dev.runar.internal.script.module;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import dev.runar.internal.script.packages.Conditions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.PolyglotException.StackFrame;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * Loads modules into one script context and says what went wrong. Owner thread of that context.
 *
 * <p>Installing it gives the context stacks that speak of the author's own files. Loading goes
 * through {@code import()}: its promise carries every failure, of syntax, linking or run time, now
 * or after an await, where a plain eval would let a late rejection escape from an unrelated turn.
 */
public final class ScriptImporter {
  private static final String BOOTSTRAP = "bootstrap.js";

  /** What the engine calls the file of its own functions. */
  private static final String ENGINE = "<builtin>";

  private static final String BOOTSTRAP_NAME = "runar:bootstrap";

  /** The engine's own syntax errors: {@code file:line:column message}, then the line. */
  private static final Pattern PLACED =
      Pattern.compile("(?:SyntaxError: )?.+?:\\d+:\\d+ ([^\\n]*)(?s:.*)");

  private static final Pattern MISSING_EXPORT =
      Pattern.compile("requested module '(.*)' does not provide an export named '(.*)'");

  /** What {@code java.net.URI} says of a text that is none. */
  private static final Pattern BAD_URL =
      Pattern.compile(
          "(?:\\w*Error: )?((?:Illegal|Malformed|Expected) .*) at index \\d+: (data:(?s:.*))");

  private static final Pattern USING = Pattern.compile("\\busing\\s+[\\w$]+\\s*=");

  private final ScriptModules modules;
  private final CommonJs commonJs;
  private final Value load;

  private ScriptImporter(ScriptModules modules, CommonJs commonJs, Value load) {
    this.modules = modules;
    this.commonJs = commonJs;
    this.load = load;
  }

  /**
   * Prepares a new context that was built with {@link ScriptOptions#forModules}.
   *
   * @param hostParts what the modules of Node.js ask of the host, by name; asked on first use
   */
  public static ScriptImporter install(
      Context context, ScriptModules modules, Function<String, @Nullable Object> hostParts) {
    Value bootstrap = context.eval(bootstrap());
    ProxyExecutable place =
        arguments -> shownPlace(modules, arguments[0], arguments[1], arguments[2]);
    var commonJs = new CommonJs(context, modules, hostParts);
    modules.with(commonJs);
    ProxyExecutable functions = arguments -> commonJs.functions();
    return new ScriptImporter(modules, commonJs, bootstrap.execute(place, functions));
  }

  private static Source bootstrap() {
    try (InputStream in = ScriptImporter.class.getResourceAsStream(BOOTSTRAP)) {
      if (in == null) {
        throw new IllegalStateException(BOOTSTRAP + " is missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Source.newBuilder("js", text, BOOTSTRAP_NAME).internal(true).buildLiteral();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + BOOTSTRAP, e);
    }
  }

  /**
   * Loads a file and all that it imports. One of the two is called once, perhaps before this
   * returns.
   *
   * @param loaded takes the exports
   * @param failed takes the reason, which is nobody else's to report
   */
  public void load(Path entry, ProxyExecutable loaded, ProxyExecutable failed) {
    String file = entry.toAbsolutePath().normalize().toString();
    commonJs.entry(file);
    load.executeVoid(file, loaded, failed);
  }

  /**
   * Loads what a specifier means in a file, as its own {@code import()} would.
   *
   * @param missing takes a message if there is no such module
   */
  public void load(
      Path importing,
      String specifier,
      ProxyExecutable loaded,
      ProxyExecutable failed,
      ProxyExecutable missing) {
    try {
      Path file = modules.find(importing.toString(), specifier, Conditions.IMPORT);
      load.executeVoid(file.toString(), loaded, failed);
    } catch (ScriptLoadException e) {
      missing.execute(Value.asValue(String.valueOf(e.getMessage())));
    }
  }

  private static @Nullable String shownPlace(
      ScriptModules modules, Value file, Value line, Value column) {
    if (!file.isString() || !line.fitsInInt() || !column.fitsInInt()) {
      return null;
    }
    return place(modules, file.asString(), line.asInt(), column.asInt());
  }

  /** A place in running code as its author knows it; null for code that is not the author's. */
  public static @Nullable String place(ScriptModules modules, String file, int line, int column) {
    if (!isAuthors(file)) {
      return null;
    }
    return modules.settings().shown(modules.maps().original(file, line, column));
  }

  /** Whether a frame is the author's, evaluated text included, not the SDK's or the engine's. */
  private static boolean isAuthors(String file) {
    try {
      return !file.equals(BOOTSTRAP_NAME)
          && !file.equals(ENGINE)
          && !ModuleTexts.isVirtual(Path.of(file));
    } catch (InvalidPathException namedByTheScript) {
      return true;
    }
  }

  /**
   * What went wrong, in the shape that an author reads, with places mapped back to TypeScript.
   * Reads the message of the exception, which may run code of the script: call it inside a budget.
   */
  public ScriptLoadException explain(PolyglotException failure) {
    String message = String.valueOf(failure.getMessage());
    return modules
        .failureIn(message)
        .map(known -> known.position() == null ? placed(known, failure) : known)
        .or(() -> badUrl(failure, message))
        .orElseGet(
            () ->
                message.startsWith("SyntaxError")
                    ? syntax(failure, message)
                    : thrown(failure, message));
  }

  /** An import whose specifier is computed has no place in the text, but it was run somewhere. */
  private ScriptLoadException placed(ScriptLoadException known, PolyglotException failure) {
    Position position = position(failure);
    if (position == null) {
      return known;
    }
    String details = String.valueOf(known.getMessage()).substring(known.what().length()).strip();
    return at(known.kind(), known.what(), position, details, failure);
  }

  /** The engine reads {@code data:} imports itself and says only what the URL parser said. */
  private Optional<ScriptLoadException> badUrl(PolyglotException failure, String message) {
    Matcher url = BAD_URL.matcher(message);
    if (!url.matches()) {
      return Optional.empty();
    }
    ScriptLoadException found = modules.badUrl(url.group(2), url.group(1));
    return Optional.of(found.position() == null ? placed(found, failure) : found);
  }

  private ScriptLoadException syntax(PolyglotException failure, String message) {
    Position position = position(failure.getSourceLocation());
    Matcher export = MISSING_EXPORT.matcher(message);
    if (position != null && export.find()) {
      return missingExport(position, export.group(1), export.group(2), failure);
    }
    Matcher placed = PLACED.matcher(message);
    String what = placed.matches() ? placed.group(1) : message.replaceFirst("^SyntaxError: ", "");
    String trail = position == null ? "" : modules.trailTo(position.file());
    String why = "The file is not valid JavaScript." + hint(position) + trail;
    return at(Kind.SYNTAX, what, position, why, failure);
  }

  private ScriptLoadException missingExport(
      Position importer, String specifier, String name, PolyglotException cause) {
    String source = modules.text(importer.file());
    SourceMap.Place place = ImportSite.ofName(source, name, specifier);
    Position position =
        place == null ? importer : new Position(importer.file(), place.line(), place.column());
    String why =
        NodeModules.isAvailable(specifier)
            ? "docs/node-modules.md has what of it there is. If it is a type, import it with"
                + " \"type\"."
            : modules.isCommonJs(importer.file(), specifier)
                ? "It is a CommonJS module, whose text shows no such name: import it as a whole,"
                    + " import"
                    + " whole from \"%s\", and take whole.%s.".formatted(specifier, name)
                : "If it is a type, import or export it with \"type\": import { type %s } from \"%s\"."
                    .formatted(name, specifier);
    String what = "module \"%s\" does not export \"%s\"".formatted(specifier, name);
    return at(Kind.MISSING_EXPORT, what, position, why, cause);
  }

  /** The engine does not know explicit resource management and the compiler leaves it as it is. */
  private String hint(@Nullable Position position) {
    if (position == null) {
      return "";
    }
    String line = CodeFrame.lineOf(modules.text(position.file()), position.line());
    return line != null && USING.matcher(line).find()
        ? "\nThe engine has no \"using\" declarations: call [Symbol.dispose]() in a finally block."
        : "";
  }

  private ScriptLoadException thrown(PolyglotException failure, String message) {
    return at(Kind.THREW, message, position(failure), stack(failure), failure);
  }

  /** The author's innermost frame. */
  private @Nullable Position position(PolyglotException failure) {
    for (StackFrame frame : failure.getPolyglotStackTrace()) {
      Position position = frame.isGuestFrame() ? position(frame.getSourceLocation()) : null;
      if (position != null) {
        return position;
      }
    }
    return null;
  }

  private ScriptLoadException at(
      Kind kind, String what, @Nullable Position position, String why, PolyglotException cause) {
    if (position == null) {
      return new ScriptLoadException(kind, what, why, cause);
    }
    String source = modules.text(position.file());
    String frame = CodeFrame.of(source, position.line(), position.column());
    String details = frame.isEmpty() ? why : frame + "\n" + why;
    return new ScriptLoadException(
        kind, what, position, modules.settings().shown(position), details, cause);
  }

  private @Nullable Position position(@Nullable SourceSection section) {
    if (section == null || !section.hasLines()) {
      return null;
    }
    String path = section.getSource().getPath();
    if (path == null || !isAuthors(path)) {
      return null;
    }
    return modules.maps().original(path, section.getStartLine(), section.getStartColumn());
  }

  /**
   * The author's frames of an exception, one a line as {@code " at name (file:line:column)"}, with
   * places mapped back to TypeScript; empty if there are none.
   */
  public String stack(PolyglotException failure) {
    var stack = new StringBuilder();
    for (StackFrame frame : failure.getPolyglotStackTrace()) {
      Position position = frame.isGuestFrame() ? position(frame.getSourceLocation()) : null;
      if (position != null) {
        stack.append(stack.isEmpty() ? "" : "\n").append("    at ").append(line(frame, position));
      }
    }
    return stack.toString();
  }

  private String line(StackFrame frame, Position position) {
    String name = frame.getRootName();
    String at = modules.settings().shown(position);
    return name == null || name.isEmpty() || name.startsWith(":") ? at : name + " (" + at + ")";
  }
}
