package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.PortChoice;
import dev.runar.Shell;
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
import java.util.TreeMap;
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
    Checked.Result survey = Checked.of(script, effective.permissions());
    List<Checked> findings = withoutKnownGlobals(survey.findings(), effective);
    boolean passed =
        (types == null || types.passed()) && findings.stream().noneMatch(Checked::isError);
    if (output.isJson()) {
      output.json(asMap(passed, types, survey.modules(), findings, effective.permissions()));
    } else {
      show(types, survey.modules(), findings, effective.permissions());
    }
    return passed ? ExitCode.OK.number() : ExitCode.FAILED.number();
  }

  /** Only a script context knows what its globals are, so one is asked. */
  private List<Checked> withoutKnownGlobals(List<Checked> findings, NodeConfig effective) {
    List<String> names =
        findings.stream()
            .map(Checked::finding)
            .filter(finding -> finding.kind() == Kind.GLOBAL)
            .map(Finding::subject)
            .distinct()
            .toList();
    if (names.isEmpty()) {
      return findings;
    }
    List<String> missing = missing(names, effective);
    return findings.stream()
        .filter(
            each ->
                each.finding().kind() != Kind.GLOBAL || missing.contains(each.finding().subject()))
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
      List<Checked> findings,
      Permissions permissions) {
    if (types == null) {
      output.line(NO_COMPILER);
    } else {
      output.line(types.output().stripTrailing());
      output.line("types     " + (types.passed() ? "ok" : "errors") + ", " + types.version());
    }
    List<Checked> wrong = findings.stream().filter(each -> !each.isPermission()).toList();
    wrong.forEach(each -> output.line(shown(each.finding())));
    long errors = wrong.stream().filter(Checked::isError).count();
    output.line("modules   " + modules + " read, " + (errors == 0 ? "ok" : errors + " errors"));
    List<Checked> needed = findings.stream().filter(Checked::isPermission).toList();
    for (Checked each : needed) {
      Finding finding = each.finding();
      output.line(
          "%-9s %-6s %s%s%s"
              .formatted(
                  each.isError() ? "missing" : "granted",
                  key(finding.kind()),
                  finding.subject(),
                  ofServices(each.services()),
                  finding.place().isEmpty() ? "" : "  (" + finding.place() + ")"));
      if (each.isError() && !finding.frame().isEmpty()) {
        output.line(finding.frame());
      }
    }
    output.line("in force  " + inForce(permissions));
  }

  private static String ofServices(List<String> services) {
    return switch (services.size()) {
      case 0 -> "";
      case 1 -> " to service " + services.getFirst();
      default -> " to services " + String.join(", ", services);
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
    add(permissions, "", parts);
    new TreeMap<>(permissions.services())
        .forEach((service, own) -> add(own, "service " + service + " ", parts));
    return String.join("; ", parts);
  }

  private static void add(Permissions permissions, String whose, List<String> parts) {
    rules(permissions)
        .forEach(
            (key, rules) -> {
              if (rules instanceof List<?> list && !list.isEmpty()) {
                parts.add(
                    whose
                        + key
                        + ": "
                        + String.join(", ", list.stream().map(String::valueOf).toList()));
              }
            });
  }

  private static Map<String, @Nullable Object> asMap(Permissions permissions) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>(rules(permissions));
    var services = new TreeMap<String, @Nullable Object>();
    permissions.services().forEach((service, own) -> services.put(service, rules(own)));
    map.put("services", services);
    return map;
  }

  private static Map<String, @Nullable Object> rules(Permissions permissions) {
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
      List<Checked> findings,
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
    map.put("findings", findings.stream().map(Checked::asMap).toList());
    map.put("permissions", asMap(permissions));
    return map;
  }
}
