package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.ServiceScope;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** One event handler written in a script. {@link #offer} is for any thread. */
final class ScriptEvents implements EventEndpoint {
  /** Calls and events of one context whose promises may be pending. */
  private static final int MAX_PENDING = 65_536;

  private final ScriptContext context;
  private final ServiceScope scope;

  /** Who asks when the handler does: also one of no service may be a service's. */
  private final ServiceScope asks;

  /** As its service wrote it; empty for a handler of no service. */
  private final String pattern;

  /** {@code (delivery, kind, data)}. */
  private final Value function;

  /** Events that the one before has handed on; until the first that is published afterwards. */
  private final Set<Long> inherited = ConcurrentHashMap.newKeySet();

  /** Its like in the context that has taken over. */
  private volatile @Nullable ScriptEvents heir;

  ScriptEvents(ScriptContext context, ServiceScope scope, String pattern, Value function) {
    this(context, scope, pattern, scope, function);
  }

  private ScriptEvents(
      ScriptContext context,
      ServiceScope scope,
      String pattern,
      ServiceScope asks,
      Value function) {
    this.asks = asks;
    this.context = context;
    this.scope = scope;
    this.pattern = pattern;
    this.function = function;
  }

  /** One that a handler of a service has subscribed, or the script itself. */
  static ScriptEvents ofScript(
      ScriptContext context, String networkId, @Nullable HostTask within, Value function) {
    var ofNobody = new ServiceScope(networkId, "");
    ServiceScope asks = within == null ? ofNobody : within.scope();
    return new ScriptEvents(context, ofNobody, "", asks, function);
  }

  /** Handlers whose promises are pending count too: what never settles must not pile up. */
  @Override
  public Delivery offer(EventDelivery delivery) {
    if (context.pending().size() >= MAX_PENDING) {
      return Delivery.FULL;
    }
    return context.offer(new Turn(delivery, this));
  }

  @Override
  public String owner() {
    return scope.servicePath().isEmpty() ? "script " + context.name() : scope.owner();
  }

  /** From now on another one does what this one is offered; null: none. Any thread. */
  void heir(@Nullable ScriptEvents next) {
    heir = next;
  }

  private final class Turn implements Movable {
    private final EventDelivery delivery;
    private final int size;

    /** Which handler was to get it at first; only that one wants past events of its own. */
    private final ScriptEvents asker;

    Turn(EventDelivery delivery, ScriptEvents asker) {
      this.asker = asker;
      this.delivery = delivery;
      this.size = delivery.event().payload().size();
    }

    @Override
    public ScriptContext context() {
      return context;
    }

    @Override
    public @Nullable Movable moved() {
      ScriptEvents next = heir;
      if (next == null) {
        return null;
      }
      if (!delivery.isPast()) {
        next.inherited.add(delivery.event().id());
      }
      return next.new Turn(delivery, asker);
    }

    /**
     * A retained event comes twice to a handler that takes over and asks for past ones: handed on,
     * and as a past one. Past ones that another handler asked for are not for this one.
     */
    private boolean isSecond() {
      if (delivery.isPast() && !asker.equals(ScriptEvents.this)) {
        return true;
      }
      if (inherited.isEmpty()) {
        return false;
      }
      boolean known = inherited.contains(delivery.event().id());
      if (!known && !delivery.isPast()) {
        inherited.clear();
      }
      return known && delivery.isPast();
    }

    @Override
    public void run() {
      if (context.succession().handsOn(this)) {
        return;
      }
      if (isSecond()) {
        delivery.handled();
        return;
      }
      HostEvent event = new HostEvent(delivery, asks, context);
      delivery.begun();
      try {
        var crossing = ScriptValues.crossing(delivery.event().payload());
        function.executeVoid(event, crossing.kind(), crossing.data());
        event.awaited();
      } catch (RuntimeException | Error e) { // also of memory and stack: its sender waits
        RunarException failure = context.failureOfTurn(e);
        context.report(failure, "event " + delivery.event().topic() + event.ofService());
        delivery.failed(failure);
      }
    }

    @Override
    public void abandon(RunarException reason) {
      if (!context.succession().keeps(this)
          && !context.estate().keeps(new Estate.Occurrence(scope, pattern, delivery))) {
        fail(reason);
      }
    }

    @Override
    public void fail(RunarException reason) {
      delivery.failed(reason);
    }

    @Override
    public int size() {
      return size;
    }
  }
}
