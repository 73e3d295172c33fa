package dev.runar.internal.http;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.PublicError;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Failures as RFC 9457 problem details. What is in them has gone through {@link PublicError}; of a
 * failure of ours, and of an error that the action does not declare, there is no message either.
 * Stateless.
 */
final class Problems {
  static final String CONTENT_TYPE = "application/problem+json";

  /** What an error that the action declares is told with. */
  static final int DECLARED = 422;

  private static final int OWN_FAULT = 500;

  private Problems() {}

  /** The status of each code: the one table. */
  static int status(Code code) {
    return switch (code) {
      case INVALID_INPUT, INVALID_PATH, PROTOCOL -> 400;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case DUPLICATE -> 409;
      case TOO_LARGE -> 413;
      case CONFIG, HANDLER_FAILED, INTERNAL, MEMORY_LIMIT, SCRIPT, UNSUPPORTED_VALUE -> OWN_FAULT;
      case CANCELLED, CONTEXT_GONE, NOT_RUNNING, OVERLOADED, SHUTDOWN -> 503;
      case TIMEOUT -> 504;
    };
  }

  private static String hidden(Code code) {
    return switch (code) {
      case TIMEOUT -> "the action did not answer in time";
      case CANCELLED -> "the request was given up";
      case OVERLOADED -> "too much is waiting; try again later";
      case NOT_RUNNING, CONTEXT_GONE -> "the service is not running; try again later";
      case SHUTDOWN -> "the node is stopping; try again later";
      default -> "the action failed";
    };
  }

  /** An action has failed. */
  static HttpResponse of(RunarException failure, ActionOptions options, GatewayCall call) {
    boolean declared = isDeclared(failure, options);
    int own = declared ? DECLARED : status(failure.code());
    int status = call.reply().status() >= 400 ? call.reply().status() : own;
    boolean shown = declared || own < OWN_FAULT;
    var told = PublicError.of(failure, "");
    String detail = shown ? told.message() : hidden(failure.code());
    var members = members(status, failure.code().name(), detail, call.id());
    if (declared) {
      members.put("name", told.name());
    }
    Payload data = told.data();
    if (shown && data != null) {
      addData(members, PlainJson.of(data.value()), declared);
    }
    HttpResponse response = response(status, members);
    return isPassing(failure.code()) ? response.with("retry-after", "1") : response;
  }

  /** Such as a body of a type that nobody reads. */
  static HttpResponse of(int status, Code code, String detail, String id) {
    return response(status, members(status, code.name(), detail, id));
  }

  /** Asks for a token or cookie. */
  static HttpResponse unauthorized(String id) {
    return of(401, Code.PERMISSION_DENIED, "the request could not be authenticated", id)
        .with("www-authenticate", "Bearer");
  }

  private static boolean isPassing(Code code) {
    return status(code) == 503 && code != Code.CANCELLED;
  }

  private static boolean isDeclared(RunarException failure, ActionOptions options) {
    return options.errors().stream()
        .anyMatch(error -> failure.definedName().filter(error.name()::equals).isPresent());
  }

  private static Map<String, @Nullable Object> members(
      int status, String code, String detail, String id) {
    var members = new LinkedHashMap<String, @Nullable Object>();
    members.put("type", "about:blank");
    members.put("title", title(status));
    members.put("status", status);
    members.put("detail", detail);
    members.put("instance", "urn:runar:request:" + id);
    members.put("code", code);
    return members;
  }

  /** The issues of a validator stand for themselves; everything else is {@code data}. */
  private static void addData(
      Map<String, @Nullable Object> members, @Nullable Object data, boolean declared) {
    if (!declared && data instanceof Map<?, ?> map && map.get("issues") instanceof List<?> issues) {
      members.put("issues", issues);
    } else {
      members.put("data", data);
    }
  }

  private static HttpResponse response(int status, Map<String, @Nullable Object> members) {
    return HttpResponse.of(
        status, CONTENT_TYPE, new HttpResponse.Bytes(Payload.of(members).encoded()));
  }

  /** The members of a problem as JSON, for the end of a stream. */
  static String text(HttpResponse problem) {
    return new String(((HttpResponse.Bytes) problem.body()).bytes(), StandardCharsets.UTF_8);
  }

  /** As RFC 9110 names the status. */
  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 402 -> "Payment Required";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Error";
    };
  }
}
