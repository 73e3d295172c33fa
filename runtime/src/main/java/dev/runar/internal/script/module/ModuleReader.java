package dev.runar.internal.script.module;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import dev.runar.internal.script.packages.Conditions;
import dev.runar.internal.script.packages.PackageException;
import dev.runar.internal.script.packages.PackageJson;
import dev.runar.internal.script.packages.Packages;
import dev.runar.internal.script.syntax.CommonJsExports;
import dev.runar.internal.script.syntax.ModuleSyntax;
import dev.runar.internal.script.syntax.ModuleSyntax.TextImport;
import dev.runar.internal.script.syntax.Tokens;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Reads the text of a module and turns it into what the engine or {@code require} can run. Owner
 * thread of one script context.
 */
final class ModuleReader {
  /** Gives {@code import.meta} what the engine does not; the columns of line 1 are mapped back. */
  private static final String META =
      "import{meta as $runarMeta}from\"runar:" + CommonJs.MODULE + "\";$runarMeta(import.meta);";

  private final ModuleSettings settings;
  private final ModuleTexts texts;
  private final ModuleResolver resolver;
  private final Packages packages;
  private final ScriptCompiler compiler;
  private final SourceMaps maps;
  private boolean carriesSources;

  ModuleReader(
      ModuleSettings settings,
      ModuleTexts texts,
      ModuleResolver resolver,
      Packages packages,
      ScriptCompiler compiler,
      SourceMaps maps) {
    this.settings = settings;
    this.texts = texts;
    this.resolver = resolver;
    this.packages = packages;
    this.compiler = compiler;
    this.maps = maps;
  }

  /** From now on compiled modules carry what they were compiled from, for a debugger. */
  void carrySources() {
    carriesSources = true;
  }

  /** The text of a module, which counts from now on as loaded. */
  String text(Path file) throws ScriptLoadException {
    if (!resolver.admit(file)) {
      throw new ScriptLoadException(
          Kind.TOO_MANY,
          "cannot load " + settings.shown(file.toString()) + ": too many modules",
          "One script context may load " + settings.maxModules() + ".",
          null);
    }
    return texts.read(file);
  }

  /**
   * How a module is to be read. A {@code .js} file is what its package says; if that says nothing,
   * a file with the syntax of ES modules is one, and one of the project also if it does not use
   * what CommonJS gives it.
   */
  ModuleFormat format(Path file, String text) throws ScriptLoadException {
    if (ModuleTexts.isVirtual(file)) {
      return ModuleTexts.isNode(file)
          ? ModuleFormat.BUILTIN
          : ModuleTexts.isText(file) ? ModuleFormat.TEXT : ModuleFormat.ES_MODULE;
    }
    String name = file.toString();
    if (name.endsWith(".json")) {
      return ModuleFormat.JSON;
    }
    if (name.endsWith(".cjs")) {
      return ModuleFormat.COMMONJS;
    }
    return name.endsWith(".js") ? formatOfScript(file, text) : ModuleFormat.ES_MODULE;
  }

  private ModuleFormat formatOfScript(Path file, String text) throws ScriptLoadException {
    PackageJson scope;
    try {
      scope = packages.scope(file);
    } catch (PackageException e) {
      throw new ScriptLoadException(Kind.UNREADABLE, e.what(), e.why(), e);
    }
    String type = scope == null ? "" : scope.type();
    if (type.equals("module")) {
      return ModuleFormat.ES_MODULE;
    }
    if (type.equals("commonjs")) {
      return ModuleFormat.COMMONJS;
    }
    var syntax = new ModuleSyntax(Tokens.of(text));
    boolean commonJs =
        !syntax.isEsModule() && (ModuleFiles.isInPackage(file) || syntax.usesCommonJs());
    return commonJs ? ModuleFormat.COMMONJS : ModuleFormat.ES_MODULE;
  }

  /** What the engine gets: an ES module or JSON, whatever the file is. */
  String forEngine(Path file) throws ScriptLoadException {
    String text = text(file);
    return switch (format(file, text)) {
      case JSON -> text;
      case TEXT -> "export default " + EsFacade.quoted(text) + ";";
      case ES_MODULE -> esModule(file, text);
      case COMMONJS -> EsFacade.of(file, exportsOf(file, text, new HashSet<>()));
      case BUILTIN -> throw new IllegalStateException("what it exports is known when it has run");
    };
  }

  private String esModule(Path file, String source) throws ScriptLoadException {
    String name = file.toString();
    boolean isTypeScript = name.endsWith(".ts") || name.endsWith(".mts");
    String code = isTypeScript ? compiled(name, source) : source;
    boolean asksMeta = code.contains("import.meta");
    boolean asksText = code.contains("\"text\"") || code.contains("'text'");
    if (ModuleTexts.isVirtual(file) || (!asksMeta && !asksText)) {
      return code;
    }
    var syntax = new ModuleSyntax(Tokens.of(code));
    String plain = asksText ? withoutTextAttributes(file, code, syntax) : code;
    if (!asksMeta || !syntax.usesImportMeta()) {
      return plain;
    }
    maps.prefixed(name, META.length());
    return META + plain;
  }

  /** The engine knows no such attribute: the resolver is told, and blanks stand in its place. */
  private String withoutTextAttributes(Path file, String code, ModuleSyntax syntax) {
    var plain = new StringBuilder(code);
    for (TextImport found : syntax.textImports()) {
      resolver.importsAsText(file, found.specifier());
      for (int i = found.start(); i < found.end(); i++) {
        if (plain.charAt(i) != '\n') {
          plain.setCharAt(i, ' ');
        }
      }
    }
    return plain.toString();
  }

  /** The names that a CommonJS module exports, those that it passes on included. */
  private Set<String> exportsOf(Path file, String text, Set<Path> seen) {
    var found = CommonJsExports.of(Tokens.of(text));
    var names = new LinkedHashSet<>(found.names());
    seen.add(file);
    for (String specifier : found.reexports()) {
      names.addAll(passedOn(file, specifier, seen));
    }
    return names;
  }

  /** The names of a module that another passes on; what is wrong is told when it is required. */
  private Set<String> passedOn(Path file, String specifier, Set<Path> seen) {
    try {
      Path other = resolver.found(file.toString(), specifier, Conditions.REQUIRE);
      boolean isCode = !ModuleTexts.isVirtual(other) && !other.toString().endsWith(".json");
      return isCode && seen.add(other) ? exportsOf(other, texts.read(other), seen) : Set.of();
    } catch (ScriptLoadException e) {
      return Set.of();
    }
  }

  private String compiled(String file, String source) throws ScriptLoadException {
    try {
      Compiled output = compiler.compile(source);
      maps.add(file, output.mappings());
      return carriesSources
          ? output.code() + EmbeddedSource.comment(file, source, output.mappings())
          : output.code();
    } catch (TypeScript.SyntaxException e) {
      var position = new Position(file, e.line, e.column);
      throw new ScriptLoadException(
          Kind.SYNTAX,
          String.valueOf(e.getMessage()),
          position,
          settings.shown(position),
          CodeFrame.of(source, e.line, e.column)
              + "\nThe file is not valid TypeScript."
              + resolver.trailTo(file),
          e);
    } catch (TypeScript.UnavailableException e) {
      throw new ScriptLoadException(
          Kind.NO_TYPESCRIPT,
          "cannot load " + settings.shown(file) + ": no TypeScript compiler for " + e.getMessage(),
          "TypeScript needs com.caoccao.javet:swc4j and its native part for this platform, such as"
              + " com.caoccao.javet:swc4j-linux-x86_64, on the class path; plain JavaScript (.js,"
              + " .mjs) runs without them.",
          e);
    }
  }
}
