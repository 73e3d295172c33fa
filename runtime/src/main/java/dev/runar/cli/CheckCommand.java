package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.PortChoice;
import dev.runar.Shell;
import dev.runar.Survey;
import dev.runar.Survey.Finding;
import dev.runar.Survey.Kind;
import dev.runar.Tools;
import dev.runar.cli.report.Ink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code runar check}: the project's compiler, and what only the host knows. Runs no script. */
@Command(
    name = "check",
    header = "Checks a script without running it: types, modules, globals, permissions.",
    footer = {
      "",
      "The exit code is 1 when it would not run as it is: an error of the compiler, an import or a",
      "global that is not there, a permission that is missing."
    })
final class CheckCommand implements Callable<Integer> {
  private static final String NO_COMPILER =
      "types     not checked: there is no TypeScript compiler in the project or on the path;"
          + " get one with: npm install --save-dev typescript";

  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final ConfigOptions config = new ConfigOptions();

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "The script; app.ts by default.")
  private Path file = Path.of("app.ts");

  CheckCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path script = ScriptFile.check(file);
    NodeConfig effective = config.configuration(script, surroundings.configs());
    surroundings.log().accept("error", surroundings.terminal());
    boolean colors = !output.isJson() && Ink.of(System.getenv(), Ink.isTerminal()).colored();
    Optional<TypeScriptCheck> compiler = TypeScriptCheck.of(script, System.getenv());
    TypeScriptCheck.Result types = compiler.isEmpty() ? null : compiler.get().run(colors);
    Survey survey = Survey.of(script, effective.permissions());
    List<Finding> findings = withoutKnownGlobals(survey.findings(), effective);
    boolean passed =
        (types == null || types.passed()) && findings.stream().noneMatch(CheckCommand::isError);
    if (output.isJson()) {
      output.json(asMap(passed, types, survey.modules(), findings, effective.permissions()));
    } else {
      show(types, survey.modules(), findings, effective.permissions());
    }
    return passed ? ExitCode.OK.number() : ExitCode.FAILED.number();
  }

  /** Whether the script would not run as it is. */
  private static boolean isError(Finding finding) {
    return switch (finding.kind()) {
      case SYNTAX, IMPORT, GLOBAL -> true;
      case OPTIONAL_IMPORT -> false;
      case NET, READ, ENV, JAVA -> !finding.details().isEmpty();
    };
  }

  /** Only a script context knows what its globals are, so one is asked. */
  private List<Finding> withoutKnownGlobals(List<Finding> findings, NodeConfig effective) {
    List<String> names =
        findings.stream()
            .filter(finding -> finding.kind() == Kind.GLOBAL)
            .map(Finding::subject)
            .distinct()
            .toList();
    if (names.isEmpty()) {
      return findings;
    }
    List<String> missing = missing(names, effective);
    return findings.stream()
        .filter(finding -> finding.kind() != Kind.GLOBAL || missing.contains(finding.subject()))
        .toList();
  }

  private List<String> missing(List<String> names, NodeConfig effective) {
    NodeConfig portless = effective.withServer(effective.server().withPort(new PortChoice.None()));
    String question =
        "const { added } = globalThis[Symbol.for('runar.shell')]; const names = "
            + Payload.of(names).text()
            + ".filter((name) => !['arguments'].includes(name)"
            + " && (!(name in globalThis) || added.includes(name))); throw JSON.stringify(names)";
    try (Node node = surroundings.nodes().apply(portless, Tools.NONE);
        Shell shell = node.openShell(text -> {}).join()) {
      String answer = shell.evaluate(question).join().text();
      String text = answer.substring(answer.indexOf('['), answer.lastIndexOf(']') + 1);
      return Payload.json(text).value() instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of();
    }
  }

  private void show(
      TypeScriptCheck.@Nullable Result types,
      int modules,
      List<Finding> findings,
      Permissions permissions) {
    if (types == null) {
      output.line(NO_COMPILER);
    } else {
      output.line(types.output().stripTrailing());
      output.line("types     " + (types.passed() ? "ok" : "errors") + ", " + types.version());
    }
    List<Finding> wrong = findings.stream().filter(each -> !isPermission(each)).toList();
    wrong.forEach(finding -> output.line(shown(finding)));
    long errors = wrong.stream().filter(CheckCommand::isError).count();
    output.line("modules   " + modules + " read, " + (errors == 0 ? "ok" : errors + " errors"));
    List<Finding> needed = findings.stream().filter(CheckCommand::isPermission).toList();
    for (Finding finding : needed) {
      output.line(
          "%-9s %-6s %s%s"
              .formatted(
                  isError(finding) ? "missing" : "granted",
                  key(finding.kind()),
                  finding.subject(),
                  finding.place().isEmpty() ? "" : "  (" + finding.place() + ")"));
      if (isError(finding) && !finding.frame().isEmpty()) {
        output.line(finding.frame());
      }
    }
    output.line("in force  " + inForce(permissions));
  }

  private static boolean isPermission(Finding finding) {
    return switch (finding.kind()) {
      case NET, READ, ENV, JAVA -> true;
      case SYNTAX, IMPORT, OPTIONAL_IMPORT, GLOBAL -> false;
    };
  }

  private static String shown(Finding finding) {
    String place = finding.place().isEmpty() ? "" : finding.place() + ": ";
    String what =
        switch (finding.kind()) {
          case GLOBAL -> "there is no global " + finding.subject() + " in scripts";
          case OPTIONAL_IMPORT -> "(may be expected) " + finding.details();
          default -> finding.details();
        };
    return place + what + (finding.frame().isEmpty() ? "" : "\n" + finding.frame());
  }

  private static String key(Kind kind) {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static String inForce(Permissions permissions) {
    var parts = new ArrayList<String>(List.of("read: the project"));
    asMap(permissions)
        .forEach(
            (key, rules) -> {
              if (rules instanceof List<?> list && !list.isEmpty()) {
                parts.add(
                    key + ": " + String.join(", ", list.stream().map(String::valueOf).toList()));
              }
            });
    return String.join("; ", parts);
  }

  private static Map<String, @Nullable Object> asMap(Permissions permissions) {
    return Payload.object(
            "net", permissions.net(),
            "read", permissions.read(),
            "env", permissions.env(),
            "java", permissions.java())
        .asMap();
  }

  private static Map<String, @Nullable Object> asMap(
      boolean passed,
      TypeScriptCheck.@Nullable Result types,
      int modules,
      List<Finding> findings,
      Permissions permissions) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("ok", passed);
    map.put(
        "types",
        types == null
            ? null
            : Payload.object(
                    "version", types.version(), "ok", types.passed(), "output", types.output())
                .value());
    map.put("modules", modules);
    map.put("findings", findings.stream().map(CheckCommand::asMap).toList());
    map.put("permissions", asMap(permissions));
    return map;
  }

  private static Map<String, @Nullable Object> asMap(Finding finding) {
    return Payload.object(
            "kind", finding.kind().name(),
            "error", isError(finding),
            "subject", finding.subject(),
            "place", finding.place(),
            "details", finding.details())
        .asMap();
  }
}
