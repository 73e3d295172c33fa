package dev.runar.internal.script.module;

import com.caoccao.javet.swc4j.Swc4j;
import com.caoccao.javet.swc4j.enums.Swc4jMediaType;
import com.caoccao.javet.swc4j.enums.Swc4jParseMode;
import com.caoccao.javet.swc4j.enums.Swc4jSourceMapOption;
import com.caoccao.javet.swc4j.exceptions.Swc4jCoreException;
import com.caoccao.javet.swc4j.options.Swc4jDecoratorsTranspileOption;
import com.caoccao.javet.swc4j.options.Swc4jTranspileOptions;
import com.caoccao.javet.swc4j.outputs.Swc4jTranspileOutput;
import java.io.FileNotFoundException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The swc compiler in this process. Any thread; one file at a time.
 *
 * <p>The native library is unpacked and loaded by the first {@link #compile}, about a quarter of a
 * second, so a program of plain JavaScript never pays for it. Every file is compiled under the same
 * made-up name: the output then depends on the text alone and can be cached by its hash.
 */
final class SwcTypeScript implements TypeScript {
  /** Part of {@link #identity}, which must be known without loading the library; a test pins it. */
  static final String VERSION = "2.0.0";

  static final URL NAME = name();
  private static final Pattern ERROR =
      Pattern.compile("(.*) at file:///module\\.ts:(\\d+):(\\d+).*", Pattern.DOTALL);

  private @Nullable Swc4j swc;

  private static URL name() {
    try {
      return URI.create("file:///module.ts").toURL();
    } catch (MalformedURLException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public String identity() {
    return "swc4j-" + VERSION + " ts-module decorators=ecma comments=false";
  }

  @Override
  public synchronized Compiled compile(String source) throws SyntaxException, UnavailableException {
    try {
      Swc4jTranspileOutput output = loaded().transpile(source, options());
      return new Compiled(output.getCode(), SourceMap.mappingsIn(output.getSourceMap()));
    } catch (Swc4jCoreException e) {
      throw syntaxException(source, String.valueOf(e.getMessage()));
    }
  }

  private Swc4j loaded() throws UnavailableException {
    Swc4j loaded = swc;
    if (loaded == null) {
      loaded = load();
      swc = loaded;
    }
    return loaded;
  }

  /** A compiler of one's own: one thread at a time. */
  static Swc4j load() throws UnavailableException {
    requireLibrary();
    try {
      Swc4j loaded = new Swc4j();
      loaded.getVersion();
      return loaded;
    } catch (LinkageError e) {
      throw new UnavailableException(platform(), e);
    }
  }

  /** Looks first: the loader of the compiler logs a stack trace when its library is missing. */
  private static void requireLibrary() throws UnavailableException {
    String library = library();
    if (Swc4j.class.getResource(library) == null) {
      throw new UnavailableException(platform(), new FileNotFoundException(library));
    }
  }

  private static String library() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
    String name =
        os.startsWith("windows")
            ? "libswc4j-windows-%s.v.%s.dll"
            : os.startsWith("mac") ? "libswc4j-macos-%s.v.%s.dylib" : "libswc4j-linux-%s.v.%s.so";
    return "/" + name.formatted(arch, VERSION);
  }

  private static String platform() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }

  private static Swc4jTranspileOptions options() {
    return new Swc4jTranspileOptions()
        .setSpecifier(NAME)
        .setMediaType(Swc4jMediaType.TypeScript)
        .setParseMode(Swc4jParseMode.Module)
        .setSourceMap(Swc4jSourceMapOption.Separate)
        .setInlineSources(false)
        .setKeepComments(false)
        .setDecorators(Swc4jDecoratorsTranspileOption.Ecma());
  }

  static SyntaxException syntaxException(String source, String message) {
    Matcher error = ERROR.matcher(message);
    if (!error.matches()) {
      return new SyntaxException(message.strip(), 1, 1);
    }
    int line = Integer.parseInt(error.group(2));
    int column = Integer.parseInt(error.group(3));
    return new SyntaxException(error.group(1).strip(), line, utf16Column(source, line, column));
  }

  /** The compiler counts code points, and tabs twice; everything else here UTF-16 units. */
  private static int utf16Column(String source, int line, int column) {
    String text = CodeFrame.lineOf(source, line);
    if (text == null) {
      return column;
    }
    int at = 0;
    for (int seen = 1; seen < column && at < text.length(); ) {
      int character = text.codePointAt(at);
      seen += character == '\t' ? 2 : 1;
      at += Character.charCount(character);
    }
    return at + 1;
  }
}
