package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.contract.Change;
import dev.runar.cli.contract.ContractChanges;
import dev.runar.cli.contract.JsonObject;
import dev.runar.cli.control.ControlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code runar diff}: what breaks who uses the services. */
@Command(
    name = "diff",
    header = "Compares two descriptions of services, and fails if the new one breaks callers.",
    footer = {
      "",
      "Examples:",
      "  runar describe --json > before.json",
      "  runar diff before.json",
      "  runar diff before.json after.json"
    })
final class DiffCommand implements Callable<Integer> {
  private final Output output;

  @Mixin private final RunningNode target;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(index = "0", paramLabel = "OLD", description = "A file of runar describe --json.")
  private Path before;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NEW",
      description = "Another one. Default: the running node.")
  private @Nullable Path after;

  DiffCommand(Surroundings surroundings, Output output) {
    this.target = new RunningNode(surroundings, output);
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    List<JsonObject> old = Describing.services(before);
    List<Change> changes =
        ContractChanges.between(old, after == null ? running() : Describing.services(after));
    long breaking =
        changes.stream().filter(change -> change.kind() == Change.Kind.BREAKING).count();
    if (output.isJson()) {
      for (Change change : changes) {
        output.json(
            Payload.object("kind", word(change), "where", change.where(), "what", change.what())
                .asMap());
      }
    } else {
      for (Change change : changes) {
        output.line("%-10s  %s: %s".formatted(word(change), change.where(), change.what()));
      }
      output.line(breaking + " breaking, " + (changes.size() - breaking) + " compatible");
    }
    return (breaking > 0 ? ExitCode.FAILED : ExitCode.OK).number();
  }

  private List<JsonObject> running() {
    try (ControlClient node = target.connect()) {
      return Describing.services(node);
    }
  }

  private static String word(Change change) {
    return change.kind().name().toLowerCase(Locale.ROOT);
  }
}
