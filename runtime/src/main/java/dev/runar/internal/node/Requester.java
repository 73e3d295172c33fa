package dev.runar.internal.node;

/** Who makes a request, as far as an action's visibility goes. Immutable. */
public sealed interface Requester {
  /** The embedding program, the command line, or a script outside its services. */
  Requester PROGRAM = new Program();

  /** A client of the port, whatever it speaks. */
  Requester CLIENT = new Client();

  /** A handler of a service; of none if the path is empty. */
  static Requester service(ServiceScope scope) {
    return scope.servicePath().isEmpty() ? PROGRAM : new OfService(scope);
  }

  record Program() implements Requester {
    @Override
    public String toString() {
      return "the program";
    }
  }

  record Client() implements Requester {
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
