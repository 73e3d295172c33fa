package dev.runar.internal.script;

import dev.runar.internal.node.Holdings;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.SocketEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which handler of one context does what which handler of another one did: those of the same
 * action, of the same event pattern of a service, of the same URL path, and of the same pattern and
 * position among the handlers of no service. Stateless.
 */
final class Heirs {
  private Heirs() {}

  /** From now on handlers of {@code to} do what is offered to those of {@code from}. */
  static void link(Seat from, Seat to) {
    forEachEndpoint(to, Heirs::unlink);
    Map<Object, Object> heirs = new HashMap<>();
    forEachEndpoint(to, heirs::put);
    forEachEndpoint(from, (key, endpoint) -> link(endpoint, heirs.get(key)));
  }

  /** What tells the heirs of the sessions that they get. */
  static List<Movable> openings(Seat from) {
    var openings = new ArrayList<Movable>();
    forEachEndpoint(
        from,
        (key, endpoint) -> {
          if (endpoint instanceof ScriptSockets sockets) {
            openings.addAll(sockets.openings());
          }
        });
    return openings;
  }

  private interface Visitor {
    void visit(Object key, Object endpoint);
  }

  private static void forEachEndpoint(Seat seat, Visitor visitor) {
    Holdings holdings = seat.holdings();
    for (ServiceDefinition service : holdings.services()) {
      for (ServiceDefinition.Action action : service.actions()) {
        visitor.visit(List.of("action", service.scope(), action.name()), action.endpoint());
      }
      for (ServiceDefinition.EventListener listener : service.events()) {
        visitor.visit(List.of("event", service.scope(), listener.pattern()), listener.endpoint());
      }
      for (Map.Entry<String, SocketEndpoint> socket : service.sockets().entrySet()) {
        visitor.visit(List.of("socket", socket.getKey()), socket.getValue());
      }
    }
    Map<String, Integer> positions = new HashMap<>();
    for (Seat.Handler handler : seat.handlers()) {
      int position = positions.merge(handler.pattern(), 1, Integer::sum);
      visitor.visit(List.of("handler", handler.pattern(), position), handler.endpoint);
    }
  }

  private static void unlink(Object key, Object endpoint) {
    link(endpoint, null);
  }

  /** Endpoints of other kinds have no heirs here. */
  private static void link(Object endpoint, @Nullable Object heir) {
    switch (endpoint) {
      case ScriptAction action -> action.heir(heir instanceof ScriptAction next ? next : null);
      case ScriptEvents events -> events.heir(heir instanceof ScriptEvents next ? next : null);
      case ScriptSockets sockets -> sockets.heir(heir instanceof ScriptSockets next ? next : null);
      default -> {}
    }
  }
}
