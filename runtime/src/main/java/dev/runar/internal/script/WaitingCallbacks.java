package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Callbacks of a dead context that had not begun, until another context takes over. Bounded: one
 * that finds no room is not taken. Any thread.
 */
final class WaitingCallbacks {
  private final int most;
  private final List<Estate.Waiting> callbacks = new ArrayList<>(); // guarded by this

  WaitingCallbacks(int most) {
    this.most = most;
  }

  /** Whether there was room. */
  synchronized boolean add(Estate.Waiting callback) {
    return callbacks.size() < most && callbacks.add(callback);
  }

  /** Gives each to its like among the services of the context that took over, in order. */
  void handOver(Set<ServiceDefinition> services, String nobody) {
    for (Estate.Waiting callback : take()) {
      Optional<ServiceDefinition> service =
          services.stream().filter(each -> each.scope().equals(callback.scope())).findFirst();
      if (offer(callback, service) != Delivery.QUEUED) {
        fail(callback, new RunarException(Code.CONTEXT_GONE, nobody));
      }
    }
  }

  /** Tells each sender. */
  void fail(RunarException reason) {
    take().forEach(callback -> fail(callback, reason));
  }

  private synchronized List<Estate.Waiting> take() {
    List<Estate.Waiting> taken = List.copyOf(callbacks);
    callbacks.clear();
    return taken;
  }

  private static Delivery offer(Estate.Waiting callback, Optional<ServiceDefinition> service) {
    if (service.isEmpty()) {
      return Delivery.CLOSED;
    }
    return switch (callback) {
      case Estate.Call(var _, var action, var call) ->
          service.get().actions().stream()
              .filter(each -> each.name().equals(action))
              .findFirst()
              .map(each -> each.endpoint().offer(call))
              .orElse(Delivery.CLOSED);
      case Estate.Occurrence(var _, var pattern, var delivery) ->
          service.get().events().stream()
              .filter(each -> each.pattern().equals(pattern))
              .findFirst()
              .map(each -> each.endpoint().offer(delivery))
              .orElse(Delivery.CLOSED);
    };
  }

  private static void fail(Estate.Waiting callback, RunarException reason) {
    switch (callback) {
      case Estate.Call(var _, var _, var call) -> call.fail(reason);
      case Estate.Occurrence(var _, var _, var delivery) -> delivery.failed(reason);
    }
  }
}
