package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.cli.control.ControlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code runar publish}: one event, its receipt on standard output. */
@Command(
    name = "publish",
    header = "Publishes an event and prints its receipt.",
    customSynopsis = "runar publish [--node NAME] [--json] TOPIC [JSON | - | --name value…]",
    footer = {"", "Example:", "  runar publish math/added '{\"sum\":8}'"})
final class PublishCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final TargetNode target = new TargetNode();

  /** The words that are no option of the command: they make up the payload. */
  @Unmatched private final List<String> words = new ArrayList<>();

  @Parameters(paramLabel = "TOPIC", description = "Such as math/added")
  private String topic = "";

  PublishCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() {
    Payload payload = PayloadArguments.parse(words, surroundings.terminal().in());
    try (ControlClient node = target.connect(surroundings.folder().get())) {
      PublishReceipt receipt = node.publish(topic, payload);
      print(receipt);
      return receipt.refused() == 0 ? ExitCode.OK.number() : ExitCode.OVERLOADED.number();
    }
  }

  private void print(PublishReceipt receipt) {
    if (output.isJson()) {
      output.json(asMap(receipt));
      return;
    }
    output.line(
        "event %d: matched %d, queued %d, refused %d, clients %d"
            .formatted(
                receipt.id(),
                receipt.matched(),
                receipt.queued(),
                receipt.refused(),
                receipt.clients()));
    receipt
        .refusals()
        .forEach(
            refusal -> output.remark("refused: " + refusal.pattern() + " " + refusal.reason()));
  }

  private static Map<String, ?> asMap(PublishReceipt receipt) {
    List<Map<String, String>> refusals =
        receipt.refusals().stream()
            .map(refusal -> Map.of("pattern", refusal.pattern(), "reason", refusal.reason().name()))
            .toList();
    return Payload.object(
            "id", receipt.id(),
            "matched", receipt.matched(),
            "queued", receipt.queued(),
            "refused", receipt.refused(),
            "clients", receipt.clients(),
            "refusals", refusals)
        .asMap();
  }
}
