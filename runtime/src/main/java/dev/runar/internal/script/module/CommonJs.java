package dev.runar.internal.script.module;

import dev.runar.internal.script.packages.Conditions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;

/**
 * The host's half of {@code require}, {@code import.meta} and the modules of Node.js in one script
 * context. Owner thread.
 *
 * <p>The other half is {@code commonjs.js}. It is read when a script first touches something of it:
 * a script of ES modules alone never pays for it.
 */
final class CommonJs {
  /** The virtual module by which generated texts reach {@code commonjs.js}. */
  static final String MODULE = "modules";

  static final String MODULE_TEXT =
      "export const { load, meta, take } = globalThis[Symbol.for('runar.modules')];";

  private static final String SCRIPT = "commonjs.js";
  private static final String BEFORE =
      "(function (exports, require, module, __filename, __dirname) {";
  private static final String BEFORE_BUILTIN =
      "(function (exports, require, module, __filename, __dirname, internal) {";
  private static final String AFTER = "\n})";
  private static final String ES_MODULE = "application/javascript+module";

  private final Context context;
  private final ScriptModules modules;
  private final Function<String, @Nullable Object> hostParts;
  private @Nullable Value functions;
  private String entry = "";

  /**
   * For a new context.
   *
   * @param hostParts what the modules of Node.js may ask of the host, by name
   */
  CommonJs(Context context, ScriptModules modules, Function<String, @Nullable Object> hostParts) {
    this.context = context;
    this.modules = modules;
    this.hostParts = hostParts;
  }

  /** Which file is the main one. */
  void entry(String file) {
    entry = file;
  }

  /** What {@code commonjs.js} makes. */
  Value functions() {
    Value known = functions;
    if (known == null) {
      known = context.eval(script()).execute(host());
      functions = known;
    }
    return known;
  }

  /** The names that a module of Node.js exports; runs it if it has not run yet. */
  List<String> names(Path file) {
    Value names = functions().invokeMember("names", file.toString());
    var list = new ArrayList<String>();
    for (long i = 0; i < names.getArraySize(); i++) {
      list.add(names.getArrayElement(i).asString());
    }
    return list;
  }

  private static Source script() {
    try (InputStream in = CommonJs.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException(SCRIPT + " is missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Source.newBuilder("js", text, "runar:" + SCRIPT).internal(true).buildLiteral();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + SCRIPT, e);
    }
  }

  private ProxyObject host() {
    ProxyExecutable resolve = arguments -> resolve(arguments[0], arguments[1], Conditions.REQUIRE);
    ProxyExecutable resolveImport =
        arguments -> resolve(arguments[0], arguments[1], Conditions.IMPORT);
    ProxyExecutable open = arguments -> open(Path.of(arguments[0].asString()));
    ProxyExecutable runModule = arguments -> context.eval(taking(arguments[0].asString()));
    ProxyExecutable part = arguments -> hostParts.apply(arguments[0].asString());
    ProxyExecutable main = arguments -> entry;
    ProxyExecutable folder = arguments -> folder(arguments[0].asString());
    ProxyExecutable url = arguments -> Path.of(arguments[0].asString()).toUri().toString();
    ProxyExecutable members =
        arguments -> ProxyArray.fromList(List.copyOf(NodeModules.members(arguments[0].asString())));
    ProxyExecutable names = arguments -> ProxyArray.fromList(List.copyOf(NodeModules.available()));
    return ProxyObject.fromMap(
        Map.of(
            "resolve", resolve,
            "resolveImport", resolveImport,
            "open", open,
            "runModule", runModule,
            "part", part,
            "main", main,
            "folder", folder,
            "url", url,
            "members", members,
            "nodeModules", names));
  }

  private static String folder(String file) {
    Path parent = Path.of(file).getParent();
    return parent == null ? file : parent.toString();
  }

  /** {@code [true, path]} or {@code [false, message]}. */
  private ProxyArray resolve(Value importer, Value specifier, Conditions conditions) {
    try {
      Path found = modules.find(importer.asString(), specifier.asString(), conditions);
      return ProxyArray.fromArray(true, found.toString());
    } catch (ScriptLoadException e) {
      return ProxyArray.fromArray(false, e.getMessage());
    }
  }

  /** The format of a module and what it needs to run; or {@code FAILED} and why. */
  private ProxyArray open(Path file) {
    try {
      ScriptModules.Opened opened = modules.open(file);
      Object content =
          switch (opened.format()) {
            case COMMONJS -> function(file, BEFORE, opened.text());
            case BUILTIN -> function(file, BEFORE_BUILTIN, opened.text());
            case JSON, TEXT -> opened.text();
            case ES_MODULE -> "";
          };
      return ProxyArray.fromArray(opened.format().name(), content);
    } catch (ScriptLoadException e) {
      return ProxyArray.fromArray("FAILED", e.getMessage());
    }
  }

  private Value function(Path file, String before, String text) {
    modules.maps().prefixed(file.toString(), before.length());
    return context.eval(modules.source(file, before + text + AFTER));
  }

  /** Runs a module to its end, if it has one without waiting, and hands its exports over. */
  private static Source taking(String file) {
    String text =
        "import*as m from%s;import{take}from\"runar:%s\";take(m);"
            .formatted(EsFacade.quoted(file), MODULE);
    return Source.newBuilder("js", text, "runar:require").mimeType(ES_MODULE).buildLiteral();
  }
}
