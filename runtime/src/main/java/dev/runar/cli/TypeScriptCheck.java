package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The project's own TypeScript compiler, run over a script. It is found, never fetched. One thread;
 * blocks.
 */
final class TypeScriptCheck {
  /** Compilers have been seen to take a minute for large projects. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int MAX_OUTPUT = 16 << 20;

  private final Path script;
  private final List<String> compiler;

  /**
   * What the compiler said.
   *
   * @param version such as {@code Version 5.9.3}
   * @param passed whether it found nothing
   * @param output as it printed it
   */
  record Result(String version, boolean passed, String output) {}

  private TypeScriptCheck(Path script, List<String> compiler) {
    this.script = script;
    this.compiler = compiler;
  }

  /** The compiler of the project that a script belongs to, or the one on the path. */
  static Optional<TypeScriptCheck> of(Path script, Map<String, String> environment) {
    return ofProject(script)
        .or(() -> onPath(environment))
        .map(tsc -> new TypeScriptCheck(script, List.of(tsc.toString())));
  }

  private static Optional<Path> ofProject(Path script) {
    return above(script)
        .flatMap(
            folder ->
                Stream.of("tsc", "tsgo").map(name -> folder.resolve("node_modules/.bin/" + name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Stream<Path> above(Path file) {
    var folders = new ArrayList<Path>();
    for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
      folders.add(folder);
    }
    return folders.stream();
  }

  private static Optional<Path> onPath(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(java.io.File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "tsc"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs it; with the project's tsconfig.json if it has one. */
  Result run(boolean colors) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("runar-check");
    try {
      String version =
          output(List.of("--version"))
              .text()
              .lines()
              .filter(line -> line.startsWith("Version "))
              .findFirst()
              .orElse("a compiler that does not say its version");
      Optional<Path> project =
          above(script)
              .map(folder -> folder.resolve("tsconfig.json"))
              .filter(Files::isRegularFile)
              .findFirst();
      Path config = work.resolve("tsconfig.json");
      Files.writeString(config, config(project.orElse(null), work));
      var done =
          output(List.of("--project", config.toString(), "--noEmit", "--pretty", "" + colors));
      return new Result(version, done.exitCode() == 0, done.text());
    } finally {
      delete(work);
    }
  }

  /** The project's options, or sensible ones; and where the types of the SDK are, if need be. */
  private String config(@Nullable Path project, Path work)
      throws IOException, InterruptedException {
    var config = new LinkedHashMap<String, @Nullable Object>();
    var options = new LinkedHashMap<String, @Nullable Object>();
    var files = new ArrayList<String>(List.of(script.toString()));
    Map<String, @Nullable Object> shown = Map.of();
    if (project == null) {
      options.putAll(sensible());
    } else {
      config.put("extends", project.toString());
      shown = options(project);
    }
    if (!shown.containsKey("typeRoots")) { // they would be looked for beside this file
      options.put("typeRoots", typeRoots());
    }
    options.put("noEmit", true);
    options.put("composite", false);
    options.put("incremental", false);
    options.put("allowImportingTsExtensions", true);
    Map<String, @Nullable Object> paths = paths(shown, project);
    Optional<Path> kept = keptTypes(paths);
    if (kept.isPresent()) {
      SdkTypes.write(kept.get());
    } else if (!paths.containsKey("runar-ts") && !hasSdk()) {
      Path types = work.resolve("runar-ts");
      SdkTypes.write(types);
      paths.put("runar-ts", List.of(SdkTypes.entry(types).toString()));
      paths.put("runar-ts/test", List.of(SdkTypes.testKit(types).toString()));
      options.put("paths", paths);
    }
    config.put("compilerOptions", options);
    config.put("files", files);
    config.put("include", List.of());
    return Payload.of(config).text();
  }

  private Map<String, @Nullable Object> sensible() {
    boolean knowsNode =
        typeRoots().stream().anyMatch(types -> Files.isDirectory(Path.of(types, "node")));
    return Payload.object(
            "target",
            "es2024",
            "lib",
            List.of("es2024", "dom", "dom.iterable"),
            "module",
            "preserve",
            "moduleResolution",
            "bundler",
            "strict",
            true,
            "skipLibCheck",
            true,
            "resolveJsonModule",
            true,
            "types",
            knowsNode ? List.of("node") : List.of())
        .asMap();
  }

  private boolean hasSdk() {
    return above(script)
        .anyMatch(folder -> Files.isDirectory(folder.resolve("node_modules/runar-ts")));
  }

  private List<String> typeRoots() {
    return above(script)
        .map(folder -> folder.resolve("node_modules/@types"))
        .filter(Files::isDirectory)
        .map(Path::toString)
        .toList();
  }

  /** The compiler itself knows what a tsconfig.json with its comments and parents says. */
  private Map<String, @Nullable Object> options(Path project)
      throws IOException, InterruptedException {
    var shown = output(List.of("--showConfig", "--project", project.toString()));
    try {
      return Payload.json(shown.text()).asMap().get("compilerOptions") instanceof Map<?, ?> options
          ? copy(options)
          : Map.of();
    } catch (RunarException unreadable) { // the compiler will say so itself
      return Map.of();
    }
  }

  private static Map<String, @Nullable Object> copy(Map<?, ?> options) {
    var copy = new LinkedHashMap<String, @Nullable Object>();
    options.forEach((name, value) -> copy.put(String.valueOf(name), value));
    return copy;
  }

  /** Paths are relative to the file that says them, and this is another one. */
  private static Map<String, @Nullable Object> paths(
      Map<String, @Nullable Object> options, @Nullable Path project) {
    var absolute = new LinkedHashMap<String, @Nullable Object>();
    if (project != null && options.get("paths") instanceof Map<?, ?> paths) {
      paths.forEach(
          (name, targets) -> {
            if (targets instanceof List<?> list) {
              absolute.put(
                  String.valueOf(name),
                  list.stream()
                      .map(target -> project.resolveSibling(String.valueOf(target)))
                      .map(target -> target.normalize().toString())
                      .toList());
            }
          });
    }
    return absolute;
  }

  /** Of a project that keeps the types of this version beside it, as {@code runar new} does. */
  private static Optional<Path> keptTypes(Map<String, @Nullable Object> paths) {
    return paths.get("runar-ts") instanceof List<?> targets && !targets.isEmpty()
        ? Optional.ofNullable(Path.of(String.valueOf(targets.getFirst())).getParent())
            .filter(folder -> folder.endsWith(SdkTypes.FOLDER_OF_PROJECT))
        : Optional.empty();
  }

  private Subprocess output(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(compiler);
    command.addAll(arguments);
    return Subprocess.run(command, PATIENCE, MAX_OUTPUT);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
