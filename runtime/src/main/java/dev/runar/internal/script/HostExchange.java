package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.node.Pipes;
import dev.runar.internal.sdk.SdkErrors;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/** A request that a script has made, as its SDK sees it. Owner thread only. */
public final class HostExchange {
  private final CompletableFuture<Payload> answer;
  private final Pipes pipes;
  private final ScriptContext context;

  HostExchange(CompletableFuture<Payload> answer, Pipes pipes, ScriptContext context) {
    this.answer = answer;
    this.pipes = pipes;
    this.context = context;
  }

  /** Gives it up; without effect once it is answered. */
  @HostAccess.Export
  public void cancel() {
    answer.cancel(false);
  }

  /** Where the answer is read, if it is a stream; null if that could not even begin. */
  @HostAccess.Export
  public @Nullable HostInlet inlet() {
    Pipe output = pipes.output();
    return output == null ? null : new HostInlet(output, context);
  }

  /** Where items beside the payload are written; null: nowhere. */
  @HostAccess.Export
  public @Nullable HostOutlet outlet() {
    Pipe input = pipes.input();
    return input == null ? null : new HostOutlet(input, context);
  }

  /** Why it failed at once, as JSON text; null if it did not. */
  @HostAccess.Export
  public @Nullable String failure() {
    return answer.isCompletedExceptionally()
        ? SdkErrors.toJson(Failures.of(answer.exceptionNow()))
        : null;
  }

  CompletableFuture<Payload> answer() {
    return answer;
  }

  /** Runs the callback once, when it is answered, and its streams are not needed any more. */
  void whenOver(Runnable callback) {
    Pipe output = pipes.output();
    if (output == null) {
      var _ = answer.whenComplete((result, error) -> callback.run());
    } else {
      output.whenOver(callback);
    }
  }

  /** Its script is gone. */
  void abandon(RunarException reason) {
    if (pipes.input() != null) {
      pipes.input().fail(reason);
    }
    if (pipes.output() != null) {
      pipes.output().cancel();
    }
    answer.cancel(false);
  }
}
