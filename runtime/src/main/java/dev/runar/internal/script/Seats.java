package dev.runar.internal.script;

import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The seats of all contexts of one script, and the services that those which have left have in the
 * node. Any thread.
 *
 * <p>Whatever a context of the script has put into the node is found here until the node does not
 * have it any more, whichever way the context went: the next context gets the place of all of it.
 */
final class Seats {
  private final Registrar node;

  // Guarded by this; by identity, since what is like another service is not that service.
  private final Set<Seat> held = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<ServiceDefinition> left = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<ServiceDefinition> replaced =
      Collections.newSetFromMap(new IdentityHashMap<>());

  Seats(Registrar node) {
    this.node = node;
  }

  /** For a context that defines straight into the node. */
  Seat inNode() {
    return hold(Seat.inNode(node, this));
  }

  /** For a context that is to take over. */
  Seat outside() {
    return hold(Seat.outside(node, this));
  }

  private synchronized Seat hold(Seat seat) {
    held.add(seat);
    return seat;
  }

  /** The contexts of all other seats have ended, or are to end. */
  synchronized void only(List<Seat> staying) {
    List.copyOf(held).stream().filter(seat -> !staying.contains(seat)).forEach(this::leave);
  }

  /** Its context has ended, or is to end: it gets nothing into the node any more. */
  synchronized void leave(Seat seat) {
    if (held.remove(seat)) {
      left.addAll(seat.leave());
    }
  }

  /** Services of those that have left, which the node may have. */
  synchronized List<ServiceDefinition> left() {
    return List.copyOf(left);
  }

  /** Callers of the services of those that have left are told why nobody answers. */
  void away(String why) {
    left().forEach(service -> node.away(service, why));
  }

  /** The service of this scope that the node has of one that has left. */
  synchronized Optional<ServiceDefinition> left(ServiceScope scope) {
    return left.stream()
        .filter(service -> service.scope().equals(scope) && node.has(service))
        .findFirst();
  }

  /** Another one is to take its place in the node; it comes back if that fails. */
  synchronized void replacing(ServiceDefinition service) {
    replaced.add(service);
  }

  /** After {@link #replacing}, whichever way it went. */
  synchronized void decided(ServiceDefinition service) {
    replaced.remove(service);
  }

  /**
   * Forgets what the node does not have any more and what has lived on, as instances do. Not while
   * a context takes over: what it has taken out of the node it may put back.
   */
  synchronized void settle() {
    left.removeIf(service -> isOut(service) || isHeld(service));
  }

  private boolean isOut(ServiceDefinition service) {
    return !replaced.contains(service) && !node.has(service);
  }

  private boolean isHeld(ServiceDefinition service) {
    return held.stream().anyMatch(seat -> seat.holds(service));
  }
}
