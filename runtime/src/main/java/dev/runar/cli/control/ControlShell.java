package dev.runar.cli.control;

import dev.runar.Node;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The shell of one control connection, on the side of the node. It is opened by the first message
 * that needs it and ends with the connection. The connection's thread, but for {@link #close}.
 *
 * <p>Only the owner of the control folder gets here: the folder is checked before the socket is.
 */
final class ControlShell {
  /** Messages of one connection that may be unanswered. */
  private static final int MAX_PENDING = 16;

  private final Node node;
  private final BiConsumer<@Nullable Object, Map<String, @Nullable Object>> answer;
  private final OutputLines output = new OutputLines();
  private @Nullable CompletableFuture<Shell> shell;
  private int pending; // guarded by this

  /** Its context was ended, as a line that takes too much is. */
  private volatile boolean isGone;

  /**
   * For one connection.
   *
   * @param answer writes a message, with the id that it answers or null
   */
  ControlShell(Node node, BiConsumer<@Nullable Object, Map<String, @Nullable Object>> answer) {
    this.node = node;
    this.answer = answer;
  }

  /** Whether it knows such a message. */
  static boolean knows(String op) {
    return op.equals("evaluate") || op.equals("complete") || op.equals("interrupt");
  }

  void perform(@Nullable Object id, String op, Map<String, @Nullable Object> message) {
    String text = Wire.text(message, "text");
    switch (op) {
      case "evaluate" ->
          track(
              id,
              () -> opened().thenCompose(opened -> opened.evaluate(text)),
              result ->
                  Wire.mapOf(
                      "answer",
                      Wire.mapOf("outcome", result.outcome().name(), "text", result.text())));
      case "complete" ->
          track(
              id,
              () -> opened().thenCompose(opened -> opened.complete(text)),
              result ->
                  Wire.mapOf(
                      "completion",
                      Wire.mapOf("from", result.from(), "candidates", result.candidates())));
      default -> {
        if (shell != null && shell.isDone() && !shell.isCompletedExceptionally()) {
          shell.join().interrupt();
        }
        track(
            id,
            () -> CompletableFuture.completedFuture(id),
            any -> Wire.mapOf("interrupted", Map.of()));
      }
    }
  }

  /** One that has failed to open is opened anew, and so is one that a message has found ended. */
  private CompletableFuture<Shell> opened() {
    CompletableFuture<Shell> known = shell;
    if (known == null || known.isCompletedExceptionally() || isGone) {
      isGone = false;
      close(known);
      if (known == null) {
        Thread.ofVirtual().name("runar-control-shell").start(this::write);
      }
      known = node.openShell(output::print);
      shell = known;
    }
    return known;
  }

  private <T> void track(
      @Nullable Object id,
      Supplier<CompletableFuture<T>> work,
      Function<T, Map<String, @Nullable Object>> form) {
    synchronized (this) {
      if (pending >= MAX_PENDING) {
        throw new RunarException(
            Code.OVERLOADED, MAX_PENDING + " messages of this shell are unanswered");
      }
      pending++;
    }
    var _ =
        begun(work)
            .whenComplete(
                (value, failure) -> output.answer(() -> answered(id, value, failure, form)));
  }

  /** What has begun is answered, whatever comes of it. */
  private static <T> CompletableFuture<T> begun(Supplier<CompletableFuture<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> void answered(
      @Nullable Object id,
      T value,
      @Nullable Throwable failure,
      Function<T, Map<String, @Nullable Object>> form) {
    synchronized (this) {
      pending--;
    }
    if (failure != null && typed(failure).code() == Code.CONTEXT_GONE) {
      isGone = true;
    }
    answer.accept(
        id, failure == null ? form.apply(value) : Wire.mapOf("error", Wire.error(typed(failure))));
  }

  private void write() {
    try {
      OutputLines.Entry entry = output.take();
      while (entry != null) {
        switch (entry) {
          case OutputLines.Printed(String text) ->
              answer.accept(null, Wire.mapOf("output", Wire.mapOf("text", text)));
          case OutputLines.Missing(long prints) ->
              answer.accept(
                  null,
                  Wire.mapOf(
                      "output", Wire.mapOf("text", "… " + prints + " messages are left out")));
          case OutputLines.Ready(Runnable ready) -> ready.run();
        }
        entry = output.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void close() {
    output.close();
    close(shell);
  }

  private static void close(@Nullable CompletableFuture<Shell> known) {
    if (known != null) {
      var _ = known.thenAccept(Shell::close);
    }
  }

  private static RunarException typed(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof RunarException error
        ? error
        : new RunarException(Code.INTERNAL, String.valueOf(cause), cause);
  }
}
