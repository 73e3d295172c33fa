package dev.runar.internal.node;

import dev.runar.HttpCall;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request, as far as an action's visibility goes. Immutable.
 *
 * @param kind what it is
 * @param service whose handler it is; null: it is none
 * @param http what an HTTP client has sent, which the action may look at
 */
public record Requester(Kind kind, @Nullable ServiceScope service, Optional<HttpCall> http) {
  /** The embedding program, the command line, or a script outside its services. */
  public static final Requester PROGRAM = new Requester(Kind.PROGRAM, null, Optional.empty());

  /** A client of the port, whatever it speaks. */
  public static final Requester CLIENT = new Requester(Kind.CLIENT, null, Optional.empty());

  /** What makes requests. */
  public enum Kind {
    PROGRAM,
    CLIENT,
    SERVICE
  }

  /** A client of the port that speaks HTTP. */
  public static Requester of(HttpCall http) {
    return new Requester(Kind.CLIENT, null, Optional.of(http));
  }

  /** The node itself, which has to know who an HTTP client is. */
  public static Requester forIdentity(HttpCall http) {
    return new Requester(Kind.PROGRAM, null, Optional.of(http));
  }

  /** A handler of a service; of none if the path is empty. */
  public static Requester service(ServiceScope scope) {
    return scope.servicePath().isEmpty()
        ? PROGRAM
        : new Requester(Kind.SERVICE, scope, Optional.empty());
  }

  @Override
  public String toString() {
    return switch (kind) {
      case PROGRAM -> "the program";
      case CLIENT -> "a client";
      case SERVICE -> "service \"" + (service == null ? "" : service.servicePath()) + "\"";
    };
  }
}
