package dev.runar.internal.node;

import dev.runar.ActionOptions.Visibility;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;

/**
 * Who may call which action. A client of the port is told of an action that is not for it what it
 * is told of one that does not exist. Stateless.
 */
final class Visibilities {
  private Visibilities() {}

  /**
   * Refuses who may not call.
   *
   * @throws RunarException {@code NOT_FOUND} for a client, else {@link NotForCaller}
   */
  static void check(Registry.Route route, String path, Requester requester) {
    Visibility visibility = route.action().options().visibility();
    if (visibility == Visibility.PUBLIC || mayCall(visibility, route.service(), requester)) {
      return;
    }
    if (requester.kind() == Requester.Kind.CLIENT) {
      throw new RunarException(
          Code.NOT_FOUND,
          "No handler found for action " + path + ": " + Unrouted.has(route.service(), ""));
    }
    throw new NotForCaller(
        "action "
            + path
            + " is private to service \""
            + route.service().path()
            + "\", and "
            + requester
            + " asks; give it the visibility internal or public");
  }

  private static boolean mayCall(Visibility visibility, ServiceEntry service, Requester requester) {
    return switch (requester.kind()) {
      case CLIENT -> false;
      case PROGRAM -> visibility == Visibility.INTERNAL;
      case SERVICE ->
          visibility == Visibility.INTERNAL
              || service.definition.scope().equals(requester.service());
    };
  }
}
