package dev.runar.internal.script.module;

import com.caoccao.javet.swc4j.span.Swc4jSpan;
import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.Survey;
import dev.runar.Survey.Finding;
import dev.runar.Survey.Kind;
import dev.runar.internal.script.module.ModuleFacts.Import;
import dev.runar.internal.script.module.ModuleFacts.Use;
import dev.runar.internal.script.packages.Conditions;
import dev.runar.internal.script.packages.Packages;
import dev.runar.internal.script.permission.PermissionCheck;
import dev.runar.spi.Disk;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks the modules of a script by the resolver that loads them, and reads their trees. One thread;
 * runs nothing of them.
 *
 * <p>Of packages only the imports count: what they ask for beside is often behind a question
 * whether it is there.
 */
public final class ModuleSurvey {
  private final ModuleSettings settings;
  private final ModuleTexts texts;
  private final ModuleResolver resolver;
  private final ModuleReader reader;
  private final SourceMaps maps = new SourceMaps();
  private final TypeScript typeScript = new SwcTypeScript();
  private final SyntaxTree trees = new SyntaxTree();
  private final PermissionCheck permissions;
  private final Path folder;
  private final List<Finding> findings = new ArrayList<>();
  private final Deque<Path> waiting = new ArrayDeque<>();
  private final Set<Path> seen = new HashSet<>();

  private ModuleSurvey(Path entry, Permissions granted, Disk disk) {
    this.settings =
        ModuleSettings.forEntry(entry, Path.of(""), disk)
            .withBuiltin("host", "")
            .withBuiltin(CommonJs.MODULE, CommonJs.MODULE_TEXT);
    this.texts = new ModuleTexts(settings, disk);
    var packages = new Packages(settings.roots(), disk);
    this.resolver = new ModuleResolver(settings, texts, packages);
    var compiler = ScriptCompiler.inMemory();
    this.reader = new ModuleReader(settings, texts, resolver, packages, compiler, maps);
    Path parent = entry.getParent();
    this.folder = parent == null ? entry : parent;
    this.permissions = new PermissionCheck(granted, folder, settings.roots(), disk);
  }

  /**
   * Surveys a script.
   *
   * @throws RunarException {@code SCRIPT} when there is no such file
   */
  public static Survey of(Path entry, Permissions granted, Disk disk) {
    Path file = entry.toAbsolutePath().normalize();
    return new ModuleSurvey(file, granted, disk).walk(file);
  }

  private Survey walk(Path entry) {
    Path first;
    try {
      first = resolver.found(null, entry.toString(), Conditions.IMPORT);
    } catch (ScriptLoadException e) {
      throw new RunarException(RunarException.Code.SCRIPT, String.valueOf(e.getMessage()), e);
    }
    add(first);
    while (!waiting.isEmpty()) {
      read(waiting.remove());
    }
    return new Survey(seen.size(), findings);
  }

  private void add(Path file) {
    if (!ModuleTexts.isVirtual(file) && seen.add(file)) {
      waiting.add(file);
    }
  }

  private void read(Path file) {
    try {
      String source = reader.text(file);
      ModuleFormat format = reader.format(file, source);
      boolean isCode = format == ModuleFormat.ES_MODULE || format == ModuleFormat.COMMONJS;
      if (isCode) {
        read(file, source, format);
      }
    } catch (ScriptLoadException e) {
      findings.add(failure(Kind.IMPORT, file.toString(), e));
    }
  }

  private void read(Path file, String source, ModuleFormat format) {
    boolean isOwn = !ModuleFiles.isInPackage(file);
    ModuleFacts facts;
    try {
      facts = new ModuleFacts(trees.statements(code(file, source)));
    } catch (TypeScript.SyntaxException e) {
      if (isOwn) {
        findings.add(syntax(file, source, e));
      }
      return;
    } catch (TypeScript.UnavailableException e) {
      throw new RunarException(
          RunarException.Code.INTERNAL, "there is no TypeScript compiler for " + e.getMessage(), e);
    }
    boolean isCommonJs = format == ModuleFormat.COMMONJS;
    facts.imports.forEach(each -> follow(file, each, isCommonJs));
    if (isOwn) {
      facts.uses.forEach(use -> use(file, source, use));
      facts
          .free()
          .forEach((name, span) -> findings.add(found(Kind.GLOBAL, name, file, source, span, "")));
    }
  }

  /** What runs: without its types, and without imports of types alone. */
  private String code(Path file, String source)
      throws TypeScript.SyntaxException, TypeScript.UnavailableException {
    String name = file.toString();
    if (!name.endsWith(".ts") && !name.endsWith(".mts")) {
      return source;
    }
    Compiled compiled = typeScript.compile(source);
    maps.add(name, compiled.mappings());
    return compiled.code();
  }

  private void follow(Path importer, Import each, boolean isCommonJs) {
    if (each.required() && !isCommonJs) {
      return; // a function of its own, such as one that createRequire made
    }
    try {
      Conditions conditions = each.required() ? Conditions.REQUIRE : Conditions.IMPORT;
      add(resolver.found(importer.toString(), each.specifier(), conditions));
    } catch (ScriptLoadException e) {
      Kind kind = each.optional() ? Kind.OPTIONAL_IMPORT : Kind.IMPORT;
      findings.add(failure(kind, each.specifier(), e));
    }
  }

  private Finding failure(Kind kind, String subject, ScriptLoadException e) {
    String message = String.valueOf(e.getMessage());
    String place = e.position() == null ? "" : settings.shown(e.position());
    String plain =
        message.startsWith(place + ": ") ? message.substring(place.length() + 2) : message;
    return new Finding(kind, subject, place, plain, "");
  }

  private Finding syntax(Path file, String source, TypeScript.SyntaxException e) {
    var position = new Position(file.toString(), e.line, e.column);
    return new Finding(
        Kind.SYNTAX,
        settings.shown(file.toString()),
        settings.shown(position),
        String.valueOf(e.getMessage()),
        CodeFrame.of(source, e.line, e.column));
  }

  private void use(Path file, String source, Use use) {
    switch (use.kind()) {
      case FETCH -> {
        URI address = address(use.text());
        if (address != null) {
          String host = address.getHost() + ":" + port(address);
          add(
              Kind.NET,
              host,
              file,
              source,
              use,
              () -> permissions.net(address.getHost(), port(address)));
        }
      }
      case ENV -> add(Kind.ENV, use.text(), file, source, use, () -> permissions.env(use.text()));
      case JAVA ->
          add(
              Kind.JAVA,
              use.text(),
              file,
              source,
              use,
              () -> {
                if (!permissions.seesJava(use.text())) {
                  throw new RunarException(
                      RunarException.Code.PERMISSION_DENIED,
                      "the rule is missing: java: " + use.text());
                }
              });
      case FILE -> {
        if (isOutside(use.text())) {
          add(Kind.READ, use.text(), file, source, use, () -> permissions.read(use.text()));
        }
      }
    }
  }

  private static @Nullable URI address(String text) {
    try {
      URI address = URI.create(text);
      return address.getHost() == null ? null : address;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static int port(URI address) {
    boolean isSecure = address.getScheme().equals("https") || address.getScheme().equals("wss");
    return address.getPort() >= 0 ? address.getPort() : isSecure ? 443 : 80;
  }

  private boolean isOutside(String text) {
    try {
      Path path = folder.resolve(text).normalize();
      return settings.roots().stream().noneMatch(path::startsWith);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private void add(Kind kind, String subject, Path file, String source, Use use, Runnable asked) {
    String missing = "";
    try {
      asked.run();
    } catch (RunarException e) {
      missing = String.valueOf(e.getMessage());
    }
    findings.add(found(kind, subject, file, source, use.span(), missing));
  }

  private Finding found(
      Kind kind, String subject, Path file, String source, Swc4jSpan span, String details) {
    Position position = maps.original(file.toString(), span.getLine(), span.getColumn());
    return new Finding(
        kind,
        subject,
        settings.shown(position),
        details,
        CodeFrame.of(source, position.line(), position.column()));
  }
}
