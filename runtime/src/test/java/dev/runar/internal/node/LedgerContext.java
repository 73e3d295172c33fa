package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A handler in a context that can be full, slow and killed. */
final class LedgerContext implements EventEndpoint {
  private final String name;
  private final ArrayDeque<EventDelivery> queue = new ArrayDeque<>();
  private final List<EventDelivery> running = new ArrayList<>();
  private boolean isDead;

  LedgerContext(String name) {
    this.name = name;
  }

  @Override
  public Delivery offer(EventDelivery delivery) {
    if (isDead) {
      return Delivery.CLOSED;
    }
    if (queue.size() >= 8) {
      return Delivery.FULL;
    }
    queue.add(delivery);
    return Delivery.QUEUED;
  }

  @Override
  public String owner() {
    return name;
  }

  @Override
  public int lane(Event event) {
    return (int) (event.id() % 3);
  }

  void turn() {
    EventDelivery next = queue.poll();
    if (next != null) {
      next.begun();
      running.add(next);
    }
  }

  void finish(int which, boolean fails) {
    if (running.isEmpty()) {
      return;
    }
    EventDelivery one = running.remove(which % running.size());
    if (fails) {
      one.failed(new RunarException(Code.HANDLER_FAILED, "expected"));
    } else {
      one.handled();
    }
  }

  void drain() {
    while (!queue.isEmpty() || !running.isEmpty()) {
      turn();
      finish(0, queue.size() % 3 == 0);
    }
  }

  void kill() {
    isDead = true;
    var gone = new RunarException(Code.CONTEXT_GONE, "killed");
    while (!queue.isEmpty()) {
      queue.remove().failed(gone);
    }
    List<EventDelivery> begun = List.copyOf(running);
    running.clear();
    begun.forEach(each -> each.failed(gone));
  }
}
