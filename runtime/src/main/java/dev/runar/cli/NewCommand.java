package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code runar new}: a project that runs, is typed and has tests. Downloads nothing. */
@Command(
    name = "new",
    header = "Makes a new project: a service, its tests, a page.",
    footer = {
      "",
      "The folder must not be there, or be empty. Its name is that of the project: lower case"
          + " letters,",
      "digits, and . _ - after the first."
    })
final class NewCommand implements Callable<Integer> {
  /** What npm takes as the name of a package, without a scope. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,213}");

  private final Output output;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(paramLabel = "FOLDER", description = "Such as my-app.")
  private Path folder;

  NewCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    String name = checkedName(String.valueOf(target.getFileName()));
    refuseTaken(target);
    Files.createDirectories(target);
    ProjectTemplate.write(target, name);
    if (output.isJson()) {
      output.json(
          Map.of("name", name, "folder", target.toString(), "files", ProjectTemplate.names()));
    } else {
      show(name);
    }
    return ExitCode.OK.number();
  }

  private String checkedName(String name) {
    if (NAME.matcher(name).matches()) {
      return name;
    }
    String better = name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    better = better.replaceAll("^[^a-z0-9]+|-+$", "");
    throw new ParameterException(
        spec.commandLine(),
        "\""
            + name
            + "\" cannot be the name of a project: lower case letters, digits, and . _ - after the"
            + " first, at most 214"
            + (NAME.matcher(better).matches() ? "; did you mean " + better + "?" : ""));
  }

  private static void refuseTaken(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new RunarException(
          Code.DUPLICATE, target + " is a file; name a folder that is not there yet");
    }
    try (var entries = Files.list(target)) {
      List<String> some =
          entries.map(entry -> String.valueOf(entry.getFileName())).sorted().limit(3).toList();
      if (!some.isEmpty()) {
        throw new RunarException(
            Code.DUPLICATE,
            target
                + " is not empty: it has "
                + String.join(", ", some)
                + (some.size() == 3 ? " …" : "")
                + "; name a folder that is not there yet");
      }
    }
  }

  private void show(String name) {
    output.line("made " + name + ": " + String.join(", ", ProjectTemplate.names()));
    output.line("next:");
    if (!folder.normalize().toString().isEmpty()) {
      output.line("  cd " + folder);
    }
    output.line("  runar dev app.ts    runs it at http://127.0.0.1:3000, anew after each change");
    output.line("  runar test          runs its tests");
    output.line(
        "  npm install         a compiler for runar check, types of Node.js for the editor");
  }
}
