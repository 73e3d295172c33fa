package dev.runar.internal.node;

import dev.runar.RunarException;
import org.jspecify.annotations.Nullable;

/**
 * What a request has beside its payload and its result.
 *
 * @param output what the action answers with, if it is a stream; its caller is the consumer
 * @param input what the caller sends; its caller is the producer
 */
public record Pipes(@Nullable Pipe output, @Nullable Pipe input) {
  public static final Pipes NONE = new Pipes(null, null);

  /** Whether it is a plain request. */
  public boolean isNone() {
    return output == null && input == null;
  }

  /** The request was refused: nobody will write or read them. */
  void refuse(RunarException reason) {
    if (output != null) {
      output.fail(reason);
    }
    if (input != null) {
      input.cancel();
    }
  }
}
