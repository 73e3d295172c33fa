package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.PlainText;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a command prints: results on standard output, errors on standard error, either as text or as
 * JSON. Any thread.
 */
final class Output {
  private final Terminal terminal;
  private final boolean json;
  private final Paint paint;

  Output(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
    this.paint = new Paint(!json && terminal.colours().err());
  }

  boolean isJson() {
    return json;
  }

  PrintWriter outWriter() {
    return new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8);
  }

  PrintWriter errWriter() {
    return new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8);
  }

  /** One line of the result. */
  void line(String text) {
    terminal.out().println(text);
  }

  /** One line of the result as JSON. */
  void json(@Nullable Object value) {
    terminal.out().println(Payload.of(value).text());
  }

  /** Nobody reads the results any more, as after {@code | head}. */
  boolean isAbandoned() {
    return terminal.out().checkError();
  }

  /** Something for people, which is no result. */
  void remark(String text) {
    terminal.err().println(text);
  }

  /** A string as it is, bytes as they are, undefined as nothing, anything else as JSON. */
  void result(Payload payload) {
    if (json) {
      line(jsonOf(payload));
    } else if (payload.kind() == Payload.Kind.BYTES) {
      terminal.out().writeBytes(payload.encoded());
      terminal.out().flush();
    } else if (payload.value() instanceof String text) {
      line(text);
    } else if (!isUndefined(payload)) {
      line(payload.text());
    }
  }

  /** The payload as one JSON value. */
  static String jsonOf(Payload payload) {
    if (payload.kind() == Payload.Kind.BYTES) {
      return "{\"bytes\":\"" + Base64.getEncoder().encodeToString(payload.encoded()) + "\"}";
    }
    return isUndefined(payload) ? "null" : payload.text();
  }

  private static boolean isUndefined(Payload payload) {
    return payload.kind() == Payload.Kind.RICH && payload.value() == null;
  }

  /** A failure that has a code. */
  void error(RunarException error) {
    if (json) {
      jsonError(jsonOf(error));
      return;
    }
    // Of a handler that failed, the report names the error's own class instead of the code.
    String code = error.code() == Code.HANDLER_FAILED ? error.code() + ": " : "";
    remark(paint.error("runar: " + code + error.report()));
    error.data().ifPresent(data -> remark("data: " + PlainText.of(jsonOf(data))));
    if (error.code() == Code.INTERNAL) {
      remark(
          paint.error(
              "runar: this is a fault of Runar itself, not of the script: please report it"));
    }
  }

  private static Map<String, @Nullable Object> jsonOf(RunarException error) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("code", error.code().name());
    map.put("message", error.getMessage());
    error.remoteName().ifPresent(name -> map.put("name", name));
    error.remoteStack().ifPresent(stack -> map.put("stack", stack));
    error.excerpt().ifPresent(excerpt -> map.put("excerpt", excerpt));
    error.data().ifPresent(data -> map.put("data", jsonValue(data)));
    if (error.getCause() instanceof RunarException cause) {
      map.put("cause", jsonOf(cause));
    }
    List<Map<String, @Nullable Object>> errors =
        Arrays.stream(error.getSuppressed())
            .filter(RunarException.class::isInstance)
            .map(other -> jsonOf((RunarException) other))
            .toList();
    if (!errors.isEmpty()) {
      map.put("errors", errors);
    }
    return map;
  }

  private static @Nullable Object jsonValue(Payload data) {
    return data.kind() == Payload.Kind.BYTES
        ? Map.of("bytes", Base64.getEncoder().encodeToString(data.encoded()))
        : Payload.json(jsonOf(data)).value();
  }

  /** The arguments are wrong. */
  void usageError(String message, String help) {
    if (json) {
      jsonError(Payload.object("code", "USAGE", "message", message).asMap());
    } else {
      remark("runar: " + message);
      remark("see: " + help);
    }
  }

  /** A fault of the command itself: its stack is what a report of it needs. */
  void fault(Exception failure) {
    if (json) {
      jsonError(Payload.object("code", "INTERNAL", "message", failure.toString()).asMap());
    } else {
      remark(paint.error("runar: INTERNAL: this is a fault of runar itself, please report it"));
      failure.printStackTrace(terminal.err());
    }
  }

  private void jsonError(Map<String, @Nullable Object> error) {
    remark(Payload.object("error", error).text());
  }
}
