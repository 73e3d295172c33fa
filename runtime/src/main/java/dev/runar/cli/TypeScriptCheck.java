package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final String TYPES = "/dev/runar/types/";
  private static final String SDK = "index.ts";
  private static final String TEST_KIT = "test/index.ts";
  private static final Pattern IMPORTED = Pattern.compile("from \"(\\.\\.?/[\\w/-]+)\\.js\"");

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
    if (!paths.containsKey("runar-ts") && !hasSdk()) {
      Path types = writeTypes(work.resolve("runar-ts"));
      paths.put("runar-ts", List.of(types.resolve(SDK).toString()));
      paths.put("runar-ts/test", List.of(types.resolve(TEST_KIT).toString()));
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

  /** The SDK's sources, which are its types: both entries, and what these import. */
  private static Path writeTypes(Path folder) throws IOException {
    Set<String> seen = new HashSet<>();
    var waiting = new ArrayDeque<>(List.of(SDK, TEST_KIT));
    while (!waiting.isEmpty()) {
      String name = waiting.remove();
      if (!seen.add(name)) {
        continue;
      }
      try (InputStream in = TypeScriptCheck.class.getResourceAsStream(TYPES + name)) {
        if (in == null) {
          throw new IOException("the types of the SDK are missing from the jar: " + name);
        }
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Matcher imported = IMPORTED.matcher(text);
        while (imported.find()) {
          URI target = URI.create(name).resolve(imported.group(1) + ".ts");
          waiting.add(target.toString());
        }
      }
    }
    return folder;
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
