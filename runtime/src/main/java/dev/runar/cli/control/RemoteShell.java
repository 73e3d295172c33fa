package dev.runar.cli.control;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A shell in a node of another process, over a control connection of its own. Any thread. */
final class RemoteShell implements Shell {
  private final String node;
  private final LineChannel lines;
  private final Consumer<String> output;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Map<String, @Nullable Object>>> waiting =
      new ConcurrentHashMap<>();
  private volatile boolean gone;

  RemoteShell(String node, LineChannel lines, Consumer<String> output) {
    this.node = node;
    this.lines = lines;
    this.output = output;
    Thread.ofVirtual().name("runar-shell").start(this::read);
  }

  @Override
  public CompletableFuture<Answer> evaluate(String line) {
    return ask("evaluate", line)
        .thenApply(message -> Wire.map(message, "answer"))
        .thenApply(
            answer ->
                new Answer(
                    Outcome.valueOf(Wire.text(answer, "outcome")), Wire.text(answer, "text")));
  }

  @Override
  public CompletableFuture<Completion> complete(String line) {
    return ask("complete", line)
        .thenApply(message -> Wire.map(message, "completion"))
        .thenApply(
            found ->
                new Completion((int) Wire.number(found, "from"), texts(found.get("candidates"))));
  }

  private static List<String> texts(@Nullable Object list) {
    return list instanceof List<?> values
        ? values.stream().map(String::valueOf).toList()
        : List.of();
  }

  @Override
  public void interrupt() {
    var _ = ask("interrupt", "");
  }

  private CompletableFuture<Map<String, @Nullable Object>> ask(String op, String text) {
    long id = ids.incrementAndGet();
    var answer = new CompletableFuture<Map<String, @Nullable Object>>();
    waiting.put(id, answer);
    try {
      lines.write(Wire.write(Wire.mapOf("v", Wire.VERSION, "id", id, "op", op, "text", text)));
    } catch (IOException | RunarException e) {
      waiting.remove(id);
      answer.completeExceptionally(e instanceof RunarException ? e : stopped());
    }
    if (gone) {
      answer.completeExceptionally(stopped());
    }
    return answer.thenApply(RemoteShell::checked);
  }

  private static Map<String, @Nullable Object> checked(Map<String, @Nullable Object> message) {
    if (message.containsKey("error")) {
      throw Wire.error(Wire.map(message, "error"));
    }
    return message;
  }

  private void read() {
    try {
      String line = lines.read();
      while (line != null) {
        receive(Wire.read(line));
        line = lines.read();
      }
    } catch (IOException | RunarException e) {
      System.getLogger("runar.control")
          .log(System.Logger.Level.DEBUG, "shell connection=lost reason={0}", e.getMessage());
    } finally {
      gone = true;
      waiting.values().forEach(answer -> answer.completeExceptionally(stopped()));
    }
  }

  private void receive(Map<String, @Nullable Object> message) {
    if (message.containsKey("output")) {
      output.accept(Wire.text(Wire.map(message, "output"), "text"));
      return;
    }
    var answer = message.get("id") instanceof Number id ? waiting.remove(id.longValue()) : null;
    if (answer != null) {
      answer.complete(message);
    }
  }

  private RunarException stopped() {
    return new RunarException(Code.NOT_RUNNING, "the node '" + node + "' has stopped");
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new RunarException(Code.INTERNAL, "cannot close the connection to " + node, e);
    }
  }
}
