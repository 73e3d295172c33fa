package dev.runar.internal.node;

import dev.runar.spi.HttpCall;
import java.util.Optional;

/** Who makes a request, as far as an action's visibility goes. Immutable. */
public sealed interface Requester {
  /** The embedding program, the command line, or a script outside its services. */
  Requester PROGRAM = new Program(Optional.empty());

  /** A client of the port, whatever it speaks. */
  Requester CLIENT = new Client(Optional.empty());

  /** A client of the port that speaks HTTP; the action may look at its request. */
  static Requester of(HttpCall http) {
    return new Client(Optional.of(http));
  }

  /** The node itself, which has to know who an HTTP client is. */
  static Requester forIdentity(HttpCall http) {
    return new Program(Optional.of(http));
  }

  /** What an HTTP client has sent. */
  default Optional<HttpCall> http() {
    return Optional.empty();
  }

  /** A handler of a service; of none if the path is empty. */
  static Requester service(ServiceScope scope) {
    return scope.servicePath().isEmpty() ? PROGRAM : new OfService(scope);
  }

  record Program(@Override Optional<HttpCall> http) implements Requester {
    @Override
    public String toString() {
      return "the program";
    }
  }

  record Client(@Override Optional<HttpCall> http) implements Requester {
    @Override
    public String toString() {
      return "a client";
    }
  }

  record OfService(ServiceScope scope) implements Requester {
    @Override
    public String toString() {
      return "service \"" + scope.servicePath() + "\"";
    }
  }
}
