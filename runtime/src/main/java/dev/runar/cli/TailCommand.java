package dev.runar.cli;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.cli.control.ControlClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code runar tail}: events as they are published. */
@Command(
    name = "tail",
    header = "Shows events as they are published, one line each.",
    footer = {"", "Examples:", "  runar tail 'math/*'", "  runar tail '>' --json --count 10"})
final class TailCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  /** Why the events ended. */
  private enum End {
    NODE_STOPPED,
    ASKED,
    TIMED_OUT
  }

  private final Surroundings surroundings;
  private final Output output;

  @Mixin private final TargetNode target = new TargetNode();

  @Parameters(
      paramLabel = "PATTERN",
      description = "A topic; * stands for one segment, > for the rest.")
  private String pattern = "";

  @Option(names = "--count", paramLabel = "N", description = "Ends after N events.")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Millis.class,
      description = "Ends after this time, such as 10s; with --count this is a failure.")
  private Duration timeout = Duration.ZERO;

  TailCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() {
    var end = new AtomicReference<>(End.NODE_STOPPED);
    try (ControlClient node = target.connect(surroundings.folder().get())) {
      surroundings.signals().listen(() -> finish(end, End.ASKED, node));
      node.subscribe(pattern);
      output.remark("subscribed to " + pattern);
      if (!timeout.isZero()) {
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .execute(() -> finish(end, End.TIMED_OUT, node));
      }
      return print(node) ? ExitCode.OK.number() : exitCode(end.get());
    }
  }

  private static void finish(AtomicReference<End> end, End reason, ControlClient node) {
    end.compareAndSet(End.NODE_STOPPED, reason);
    node.close();
  }

  /** Prints until the events end; true when all that were asked for were printed. */
  private boolean print(ControlClient node) {
    for (long printed = 0; printed < count; ) {
      switch (node.next()) {
        case null -> {
          return false;
        }
        case ControlClient.Published(Event event) -> {
          output.line(output.isJson() ? json(event) : text(event));
          printed++;
        }
        case ControlClient.Missed(long events) -> missed(events);
      }
      if (output.isAbandoned()) {
        return true;
      }
    }
    return true;
  }

  private int exitCode(End end) {
    return switch (end) {
      case ASKED -> ExitCode.OK.number();
      case TIMED_OUT -> {
        if (count == Long.MAX_VALUE) {
          yield ExitCode.OK.number();
        }
        throw new RunarException(
            Code.TIMEOUT, "fewer than %d events in %s".formatted(count, shown(timeout)));
      }
      case NODE_STOPPED -> throw new RunarException(Code.NOT_RUNNING, "the node has stopped");
    };
  }

  private static String shown(Duration time) {
    return time.toMillis() + " ms";
  }

  private void missed(long events) {
    if (output.isJson()) {
      output.json(Payload.object("missed", events).value());
    } else {
      output.line("… %d events are not shown: this terminal was too slow".formatted(events));
    }
  }

  private static String text(Event event) {
    Payload payload = event.payload();
    String shown =
        payload.kind() == Payload.Kind.BYTES ? "<" + payload + ">" : Output.jsonOf(payload);
    return TIME.format(Instant.ofEpochMilli(event.timestampMs()))
        + " "
        + event.topic()
        + " "
        + shown;
  }

  private static String json(Event event) {
    return "{\"id\":%d,\"topic\":%s,\"timestampMs\":%d,\"payload\":%s}"
        .formatted(
            event.id(),
            Payload.of(event.topic()).text(),
            event.timestampMs(),
            Output.jsonOf(event.payload()));
  }
}
