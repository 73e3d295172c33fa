package dev.runar.internal.sdk;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Errors as they cross: JSON text {@code {code, name, message, stack, data, node, path, defined,
 * cause, errors}}. Stateless.
 */
public final class SdkErrors {
  static final int MAX_CAUSES = 10;
  private static final int MAX_ERRORS = 8;

  /** Of one description; those behind them have their message, and neither stack nor causes. */
  private static final int MAX_TOLD = 32;

  private static final int MAX_NAME = 256;
  private static final int MAX_MESSAGE = 4_096;

  private SdkErrors() {}

  /** Makes the exception of one error. */
  public interface Maker {
    RunarException make(
        Code code, String message, @Nullable Throwable cause, RunarException.Remote remote);
  }

  /** What JavaScript threw, described by the SDK. */
  public static RunarException fromJson(String json, Maker maker) {
    return of(json.getBytes(StandardCharsets.UTF_8), maker);
  }

  /** As {@link #fromJson}, of the text in UTF-8, which becomes the error's own. */
  public static RunarException of(byte[] text, Maker maker) {
    Map<String, @Nullable Object> error;
    try {
      error = Payload.encoded(Payload.Kind.RICH, text).asMap(); // what is attached may be rich
    } catch (RunarException e) {
      return unreadable();
    }
    return fromMap(error, 0, maker);
  }

  /** Reading it ran code of the script, which threw. */
  public static RunarException unreadable() {
    return new RunarException(Code.HANDLER_FAILED, "an error that cannot be read");
  }

  private static RunarException fromMap(Map<?, ?> error, int depth, Maker maker) {
    Object data = error.get("data");
    RunarException cause =
        error.get("cause") instanceof Map<?, ?> map && depth < MAX_CAUSES
            ? fromMap(map, depth + 1, maker)
            : null;
    RunarException failure =
        maker.make(
            code(error.get("code")),
            error.get("message") instanceof String message ? cut(message, MAX_MESSAGE) : "Error",
            cause,
            new RunarException.Remote(
                data == null ? null : attached(data),
                error.get("name") instanceof String name ? cut(name, MAX_NAME) : null,
                error.get("stack") instanceof String stack ? stack : null,
                Boolean.TRUE.equals(error.get("defined"))));
    if (error.get("node") instanceof String node && error.get("path") instanceof String path) {
      failure.at(cut(node, MAX_NAME), cut(path, MAX_MESSAGE));
    }
    if (error.get("errors") instanceof List<?> errors && depth < MAX_CAUSES) {
      errors.stream()
          .limit(MAX_ERRORS)
          .filter(Map.class::isInstance)
          .forEach(other -> failure.addSuppressed(fromMap((Map<?, ?>) other, depth + 1, maker)));
    }
    return failure;
  }

  /** Absent when it cannot cross: the error matters more than what was attached to it. */
  private static @Nullable Payload attached(Object data) {
    try {
      return Payload.of(data);
    } catch (RunarException e) {
      return null;
    }
  }

  /** An unknown code is the script's own; it is the handler that failed. */
  private static Code code(@Nullable Object code) {
    if (code instanceof String name) {
      for (Code known : Code.values()) {
        if (known.name().equals(name)) {
          return known;
        }
      }
    }
    return Code.HANDLER_FAILED;
  }

  /** What a script is told, with both stacks. */
  public static String toJson(RunarException error) {
    Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
    told.add(error);
    return Payload.of(toMap(error, 0, told)).text();
  }

  private static Map<String, @Nullable Object> toMap(
      RunarException error, int depth, Set<Throwable> told) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("code", error.code().name());
    map.put("message", error.getMessage());
    error.remoteName().ifPresent(name -> map.put("name", name));
    error.data().ifPresent(data -> map.put("data", data.value()));
    error.node().ifPresent(node -> map.put("node", node));
    error.path().ifPresent(path -> map.put("path", path));
    if (error.definedName().isPresent()) {
      map.put("defined", true);
    }
    map.put("stack", error.remoteStack().orElseGet(() -> ownStack(error)));
    addOthers(map, error, depth, told);
    return map;
  }

  /** What JavaScript has thrown without a stack has none of Java's either. */
  private static String ownStack(RunarException error) {
    boolean isThrownHere = error.remoteName().isEmpty() || error.definedName().isPresent();
    return isThrownHere ? JavaStack.withCauses(error) : error.code() + ": " + error.getMessage();
  }

  /** An exception that only Java knows, as the cause of an error or beside it. */
  private static Map<String, @Nullable Object> foreign(
      Throwable thrown, int depth, Set<Throwable> told) {
    Map<String, @Nullable Object> map = named(thrown);
    map.put("stack", JavaStack.of(thrown));
    addOthers(map, thrown, depth, told);
    return map;
  }

  private static void addOthers(
      Map<String, @Nullable Object> map, Throwable error, int depth, Set<Throwable> told) {
    if (depth >= MAX_CAUSES) {
      return;
    }
    Throwable cause = error.getCause();
    if (cause != null) {
      map.put("cause", either(cause, depth + 1, told));
    }
    List<Map<String, @Nullable Object>> errors =
        Arrays.stream(error.getSuppressed())
            .limit(MAX_ERRORS)
            .map(other -> either(other, depth + 1, told))
            .toList();
    if (!errors.isEmpty()) {
      map.put("errors", errors);
    }
  }

  /** Errors lead to each other, in circles too: each is told where it comes first. */
  private static Map<String, @Nullable Object> either(
      Throwable error, int depth, Set<Throwable> told) {
    if (told.contains(error)) {
      return mentioned(error, "told above");
    }
    if (told.size() >= MAX_TOLD) {
      return mentioned(error, "one of more than " + MAX_TOLD + " errors");
    }
    told.add(error);
    return error instanceof RunarException known
        ? toMap(known, depth, told)
        : foreign(error, depth, told);
  }

  private static Map<String, @Nullable Object> mentioned(Throwable error, String why) {
    Map<String, @Nullable Object> map = named(error);
    Object who = map.getOrDefault("name", map.get("code"));
    map.put("stack", who + ": " + map.get("message") + "\n    … (" + why + ")");
    return map;
  }

  private static Map<String, @Nullable Object> named(Throwable error) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    if (error instanceof RunarException known) {
      map.put("code", known.code().name());
      known.remoteName().ifPresent(name -> map.put("name", name));
    } else {
      map.put("code", Code.HANDLER_FAILED.name());
      map.put("name", cut(error.getClass().getName(), MAX_NAME));
    }
    map.put("message", cut(String.valueOf(error.getMessage()), MAX_MESSAGE));
    return map;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
