package dev.runar.cli;

import dev.runar.Payload;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.Unmatched;

/** The words of a command line that are no option of the command: they make up the payload. */
final class PayloadWords {
  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Unmatched private final List<String> words = new ArrayList<>();

  /** The payload that the words spell. */
  Payload payload(InputStream standardInput) {
    try {
      return PayloadArguments.parse(words, standardInput);
    } catch (PayloadArguments.UsageException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
