package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import dev.runar.internal.loop.Callback;
import dev.runar.internal.script.console.ConsoleFormatter;
import dev.runar.internal.script.module.ScriptModules;
import dev.runar.internal.script.module.ShellLine;
import dev.runar.internal.script.module.ShellSyntax;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * A shell in a script context of its own. Any thread; what touches the context runs on its owner
 * thread.
 *
 * <p>An interrupt throws in the middle of the line, wherever that is, and the context goes on: it
 * is the one who types that loses what the line was about, not a caller.
 */
final class ShellContext implements Shell {
  private static final System.Logger LOG = System.getLogger("dev.runar.script");
  private static final Duration INTERRUPT_PATIENCE = Duration.ofSeconds(2);

  /** Names that are completed without being properties of the global object. */
  private static final int MAX_NAMES = 4_096;

  private static final int DEPTH = 2;
  private static final int LINE_WIDTH = 80;

  private final ScriptContext context;
  private final HostShell host;
  private final Value hooks;
  private final ConsoleFormatter formatter;
  private final ScriptModules modules;
  private final ShellSyntax syntax = new ShellSyntax();

  /** The line that is evaluated; empty between lines. */
  private final AtomicReference<@Nullable Pending> pending = new AtomicReference<>();

  /** The last interrupt, which is over or not. */
  private final AtomicReference<CompletableFuture<@Nullable Void>> interrupting =
      new AtomicReference<>(CompletableFuture.completedFuture(null));

  // Owner thread.
  private final Set<String> names = new LinkedHashSet<>();

  private @Nullable Value functions;
  private int lines;

  /**
   * A line under way.
   *
   * @param interrupted whether somebody has tried to end it
   */
  private record Pending(
      CompletableFuture<Answer> answer, String text, AtomicBoolean interrupted) {}

  /**
   * In a context that has begun.
   *
   * @param hooks of its bootstrap
   */
  ShellContext(
      ScriptContext context,
      HostShell host,
      Value hooks,
      ConsoleFormatter formatter,
      ScriptModules modules) {
    this.context = context;
    this.host = host;
    this.hooks = hooks;
    this.formatter = formatter;
    this.modules = modules;
  }

  /** Makes the globals; completes when the first line may come. */
  CompletableFuture<Shell> begin() {
    var begun = new CompletableFuture<Shell>();
    post(
        begun,
        () -> {
          Value made = graal().eval(source()).execute(host);
          functions = made;
          hooks.putMember("uncaught", made.getMember("uncaught"));
          ProxyExecutable done = arguments -> begun.complete(this);
          ProxyExecutable failed =
              arguments ->
                  begun.completeExceptionally(
                      new RunarException(
                          Code.INTERNAL, "the shell did not begin: " + shown(arguments[0])));
          functions().getMember("begin").executeVoid(done, failed);
        });
    return begun;
  }

  private static Source source() {
    try (InputStream in = ShellContext.class.getResourceAsStream("shell.js")) {
      if (in == null) {
        throw new IllegalStateException("shell.js is missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Source.newBuilder("js", text, "runar:shell.js").internal(true).buildLiteral();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read shell.js", e);
    }
  }

  @Override
  public CompletableFuture<Answer> evaluate(String line) {
    if (line.length() > MAX_LINE) {
      return CompletableFuture.failedFuture(
          new RunarException(
              Code.TOO_LARGE, "a line of a shell has at most " + MAX_LINE + " characters"));
    }
    return switch (syntax.read(line)) {
      case ShellLine.Incomplete() -> answered(Outcome.INCOMPLETE, "");
      case ShellLine.Wrong(String message) -> answered(Outcome.ERROR, "Uncaught " + message);
      case ShellLine.Code code -> evaluate(line, code);
    };
  }

  private static CompletableFuture<Answer> answered(Outcome outcome, String text) {
    return CompletableFuture.completedFuture(new Answer(outcome, text));
  }

  private CompletableFuture<Answer> evaluate(String line, ShellLine.Code code) {
    var mine = new Pending(new CompletableFuture<>(), line, new AtomicBoolean());
    if (!pending.compareAndSet(null, mine)) {
      return CompletableFuture.failedFuture(
          new RunarException(Code.OVERLOADED, "the shell evaluates another line"));
    }
    // An interrupt of the line before must not meet this one.
    var _ = interrupting.get().thenRun(() -> post(mine.answer(), () -> run(mine, code)));
    return mine.answer().whenComplete((done, error) -> pending.compareAndSet(mine, null));
  }

  private void run(Pending mine, ShellLine.Code code) {
    lines++;
    String name = "repl" + lines;
    modules.mapped(name, code.mappings());
    if (names.size() < MAX_NAMES) {
      names.addAll(code.names());
    }
    try {
      ProxyExecutable done =
          arguments -> {
            succeed(mine, arguments[1]);
            return null;
          };
      ProxyExecutable failed =
          arguments -> {
            fail(mine, name, arguments[0]);
            return null;
          };
      functions().getMember("expect").executeVoid(done, failed);
      Value value = graal().eval(Source.newBuilder("js", code.code(), name).buildLiteral());
      if (!code.awaits()) {
        succeed(mine, value);
      }
    } catch (PolyglotException e) {
      failed(mine, name, e);
    } catch (RuntimeException e) {
      if (!mine.interrupted().get()) {
        throw e;
      }
      // It met the engine between two of our calls, where its exception has no public name.
      answer(mine, Outcome.ERROR, "interrupted");
    }
  }

  /** Printing may run code of the line too. */
  private void succeed(Pending mine, Value value) {
    try {
      functions().getMember("last").executeVoid(value);
      answer(mine, Outcome.VALUE, shown(value));
    } catch (PolyglotException e) {
      failed(mine, "", e);
    }
  }

  private void failed(Pending mine, String name, PolyglotException e) {
    if (e.isCancelled()) {
      mine.answer().completeExceptionally(context.gone());
    } else if (e.isInterrupted() || mine.interrupted().get()) {
      // Where it met the engine's own code, the exception does not say that it is an interrupt.
      answer(mine, Outcome.ERROR, "interrupted");
    } else if (e.getGuestObject() == null) {
      answer(mine, Outcome.ERROR, "Uncaught " + e.getMessage());
    } else {
      fail(mine, name, e.getGuestObject());
    }
  }

  private void fail(Pending mine, String name, Value error) {
    try {
      functions().getMember("lastError").executeVoid(error);
      String text = shown(error);
      answer(mine, Outcome.ERROR, "Uncaught " + text + frame(text, name, mine.text()));
    } catch (PolyglotException e) {
      String met =
          mine.interrupted().get() ? "interrupted" : "Uncaught an error that cannot be shown";
      answer(mine, Outcome.ERROR, met);
    }
  }

  /** The source of the innermost place, if that is in this line or in a file. */
  private String frame(String error, String name, String text) {
    String at =
        error
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("at "))
            .findFirst()
            .orElse("");
    String frame = modules.frame(at, file -> file.equals(name) ? text : null);
    return frame.isEmpty() ? "" : "\n" + frame;
  }

  private String shown(Value value) {
    return formatter.inspect(value, DEPTH, false, LINE_WIDTH);
  }

  private static void answer(Pending mine, Outcome outcome, String text) {
    String cut = text.length() <= MAX_ANSWER ? text : text.substring(0, MAX_ANSWER) + "… (cut)";
    mine.answer().complete(new Answer(outcome, cut));
  }

  @Override
  public CompletableFuture<Completion> complete(String line) {
    var completed = new CompletableFuture<Completion>();
    post(
        completed,
        () -> {
          ProxyExecutable done =
              arguments ->
                  completed.complete(
                      new Completion(
                          arguments[0].asInt(),
                          texts(Payload.json(arguments[1].asString()).value())));
          functions()
              .getMember("complete")
              .executeVoid(line, Payload.of(List.copyOf(names)).text(), done);
        });
    return completed;
  }

  private static List<String> texts(@Nullable Object list) {
    return list instanceof List<?> values
        ? values.stream().map(String::valueOf).toList()
        : List.of();
  }

  @Override
  public void interrupt() {
    Pending now = pending.get();
    if (now == null) {
      return;
    }
    var over = new CompletableFuture<@Nullable Void>();
    CompletableFuture<@Nullable Void> before = interrupting.get();
    if (!before.isDone() || !interrupting.compareAndSet(before, over)) {
      return; // it is being done
    }
    Thread.ofPlatform()
        .name("runar-shell-interrupt")
        .daemon(true)
        .start(
            () -> {
              try {
                if (now.equals(pending.get())) { // else it would hit the line after it
                  now.interrupted().set(true);
                  graal().interrupt(INTERRUPT_PATIENCE);
                }
              } catch (TimeoutException e) {
                LOG.log(Level.WARNING, "a shell does not come back from a call of the host");
              } finally {
                answer(now, Outcome.ERROR, "interrupted"); // it may have waited for a promise
                over.complete(null);
              }
            });
  }

  @Override
  public void close() {
    var reason = new RunarException(Code.CONTEXT_GONE, "the shell was closed");
    context.kill(reason);
    Pending now = pending.get();
    if (now != null) {
      now.answer().completeExceptionally(reason);
    }
  }

  private interface Step {
    void run();
  }

  /** Runs on the owner thread; the future fails if that cannot be. */
  private void post(CompletableFuture<?> waiting, Step step) {
    Consumer<RunarException> gone = waiting::completeExceptionally;
    context.remember(gone);
    var _ = waiting.whenComplete((done, error) -> context.forget(gone));
    Delivery delivery =
        context
            .queue()
            .offer(
                new Callback() {
                  @Override
                  public void run() {
                    try {
                      step.run();
                    } catch (RuntimeException e) {
                      waiting.completeExceptionally(context.failure(e));
                    }
                  }

                  @Override
                  public void abandon(RunarException reason) {
                    waiting.completeExceptionally(reason);
                  }
                });
    if (delivery != Delivery.QUEUED) {
      waiting.completeExceptionally(
          delivery == Delivery.FULL
              ? new RunarException(Code.OVERLOADED, "the shell's queue is full")
              : context.gone());
    }
  }

  private Context graal() {
    return context.context();
  }

  private Value functions() {
    Value known = functions;
    if (known == null) {
      throw new IllegalStateException("the shell has not begun");
    }
    return known;
  }
}
