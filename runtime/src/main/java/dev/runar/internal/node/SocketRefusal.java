package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told that a service has not let in. Immutable.
 *
 * @param status of HTTP
 * @param failure what the service has thrown, or what kept it from saying anything
 * @param isSaid the service has said no, so its message is for the client
 */
public record SocketRefusal(int status, RunarException failure, boolean isSaid) {

  /** Of what {@link SocketEndpoint#accept} has failed with. */
  public static SocketRefusal of(Throwable thrown) {
    RunarException failure = Failures.of(thrown);
    int own = ownStatus(failure);
    if (own != 0) {
      return new SocketRefusal(own, failure, true);
    }
    return switch (failure.code()) {
      case PERMISSION_DENIED -> new SocketRefusal(403, failure, true);
      case INVALID_INPUT -> new SocketRefusal(400, failure, true);
      case CANCELLED, CONTEXT_GONE, NOT_RUNNING, OVERLOADED, SHUTDOWN, TIMEOUT ->
          new SocketRefusal(503, failure, false);
      default -> {
        boolean isDefined = failure.definedName().isPresent();
        yield new SocketRefusal(isDefined ? 403 : 500, failure, isDefined);
      }
    };
  }

  /** Of its data; 0: it has none. */
  private static int ownStatus(RunarException failure) {
    Object data = failure.data().map(Payload::value).orElse(null);
    return data instanceof Map<?, ?> map ? statusOf(map.get("status")) : 0;
  }

  private static int statusOf(@Nullable Object given) {
    return given instanceof Number number
            && number.intValue() == number.doubleValue()
            && number.intValue() >= 400
            && number.intValue() < 500
        ? number.intValue()
        : 0;
  }
}
