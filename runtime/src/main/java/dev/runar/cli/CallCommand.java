package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.cli.control.ControlClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code runar call}: one request, its result on standard output. */
@Command(
    name = "call",
    header = "Calls an action and prints its result.",
    customSynopsis =
        "runar call [--node NAME] [--timeout TIME] [--json] PATH [--name value… | JSON | -]",
    description = {
      "",
      "Options that are not listed here become the fields of the payload. Numbers, true, false,"
          + " null, arrays and objects are taken as JSON, anything else as a string."
          + " After -- every option is a field.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  runar call math/add --a 5 --b 3",
      "  runar call math/add '{\"a\":5,\"b\":3}'",
      "  runar call math/add - < input.json"
    })
final class CallCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final TargetNode target = new TargetNode();

  /** The words that are no option of the command: they make up the payload. */
  @Unmatched private final List<String> words = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Millis.class,
      description = "How long the action may take, such as 500ms or 5s; the node's own otherwise.")
  private Duration timeout = Duration.ZERO;

  @Parameters(paramLabel = "PATH", description = "Service and action: math/add")
  private String path = "";

  CallCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() {
    Payload payload = PayloadArguments.parse(words, surroundings.terminal().in());
    try (ControlClient node = target.connect(surroundings.folder().get())) {
      output.result(request(node, payload));
      return ExitCode.OK.number();
    } catch (RunarException e) {
      output.error(e);
      if (!output.isJson() && e.remoteStack().isPresent()) {
        output.remark("while " + path + " answered runar call");
      }
      return ExitCode.of(e.code()).number();
    }
  }

  private Payload request(ControlClient node, Payload payload) {
    try {
      return node.request(path, payload, timeout);
    } catch (RunarException e) {
      if (e.code() != Code.NOT_FOUND) {
        throw e;
      }
      throw new RunarException(
          Code.NOT_FOUND, e.getMessage() + Suggestions.ask(path, actions(node)));
    }
  }

  private static List<String> actions(ControlClient node) {
    return ServiceList.of(node).stream()
        .flatMap(service -> service.actions().stream().map(a -> service.path() + "/" + a.name()))
        .toList();
  }
}
