package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Subscription;
import dev.runar.internal.loop.Callback;
import dev.runar.internal.loop.Timers;
import dev.runar.internal.node.Holdings;
import dev.runar.internal.node.ServiceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hands everything that comes from outside from one context of a script to another, or back. Each
 * callback runs exactly once, those of one sender in their order. One thread.
 *
 * <ul>
 *   <li>The new queue holds what can wait, so that nothing from outside runs there yet.
 *   <li>The node gives the new handlers the places of the old ones in one step. Who still has an
 *       old one in hand is passed on by it.
 *   <li>The old queue is retired: what it took before is handed on instead of run, and it says when
 *       that was all. Only then is the order known: first what was handed on, then what was held.
 *   <li>The new queue is released with both.
 * </ul>
 *
 * <p>What the new context has no handler for, the old one still does. To go back is the same in the
 * other direction.
 */
final class Handover {
  private final Registrar node;
  private final @Nullable Birth old;
  private final List<ServiceDefinition> left;
  private final Birth next;

  /** What the new ones have replaced in the node. */
  private List<ServiceDefinition> out = List.of();

  /** What was handed on, until it has been released. */
  private List<Movable> handedOn = List.of();

  /**
   * What became of it.
   *
   * @param sessions raw WebSocket sessions that go on
   * @param callbacks that waited and were handed over
   */
  record Done(int sessions, int callbacks) {}

  /**
   * Nothing happens yet.
   *
   * @param old null: it has died, and left its services behind
   * @param left services of contexts that have died, of which the node may have some
   */
  Handover(Registrar node, @Nullable Birth old, List<ServiceDefinition> left, Birth next) {
    this.node = node;
    this.old = old;
    this.left = List.copyOf(left);
    this.next = next;
  }

  /**
   * From now on everything reaches the new context, and waits there.
   *
   * @return completes when the old one has handed on what waited with it
   * @throws RunarException as {@link Registrar#exchange}; nothing has changed then
   */
  CompletableFuture<Void> begin() {
    next.context().queue().hold();
    next.context().succession().onTrial();
    next.seat().onTrial();
    if (old == null) {
      out = node.exchange(new Holdings(left, List.of()), next.seat().holdings());
      return CompletableFuture.completedFuture(null);
    }
    old.seat().replaced(); // first, so that nothing is added to it that stays behind
    Heirs.link(old.seat(), next.seat());
    try {
      Holdings had = old.seat().holdings();
      out =
          node.exchange(
              new Holdings(both(had.services()), had.subscriptions()), next.seat().holdings());
    } catch (RuntimeException e) {
      Heirs.link(next.seat(), old.seat());
      old.seat().inNode();
      throw e;
    }
    old.context().succession().retire();
    return retired(old.context());
  }

  private List<ServiceDefinition> both(List<ServiceDefinition> had) {
    return Stream.concat(had.stream(), left.stream()).toList();
  }

  /** What lived on when its context died, and has been replaced: instances. */
  List<ServiceDefinition> replaced() {
    return out.stream().filter(service -> old == null || !old.seat().holds(service)).toList();
  }

  private static CompletableFuture<Void> retired(ScriptContext context) {
    var drained = new CompletableFuture<Void>();
    onTimers(context, Timers::suspendRepeating);
    context.queue().retire(() -> drained.complete(null));
    var _ = context.owner().ended().thenRun(() -> drained.complete(null)); // it hands on too
    return drained;
  }

  private interface OnTimers {
    void accept(Timers timers);
  }

  private static void onTimers(ScriptContext context, OnTimers action) {
    context.postReserved("timers", () -> action.accept(context.owner().timers()));
  }

  /** When the old context has handed on everything: the new one runs what came and what comes. */
  CompletableFuture<Done> release() {
    List<Movable> openings = old == null ? List.of() : Heirs.openings(old.seat());
    take(old);
    var first = new ArrayList<Callback>(openings);
    first.addAll(handedOn);
    return released(next, first)
        .thenApply(
            held -> {
              int waited = handedOn.size() + held;
              handedOn = List.of();
              return new Done(openings.size(), waited);
            });
  }

  private void take(@Nullable Birth from) {
    if (from != null) {
      var all = new ArrayList<Movable>(handedOn);
      all.addAll(from.context().succession().take());
      handedOn = all;
    }
  }

  /** Completes with the number of those that were held. */
  private static CompletableFuture<Integer> released(Birth to, List<? extends Callback> first) {
    var released = new CompletableFuture<Integer>();
    ScriptContext context = to.context();
    var release =
        new Callback() {
          @Override
          public void run() {
            int held = context.queue().release(first);
            context.succession().inPlace();
            to.seat().inNode();
            released.complete(held);
          }

          @Override
          public void abandon(RunarException reason) {
            released.completeExceptionally(reason);
          }
        };
    switch (context.queue().offerReserved(release)) {
      case QUEUED -> {}
      case FULL, CLOSED -> released.completeExceptionally(context.gone());
    }
    return released;
  }

  /**
   * After {@link #begin}, when the old one has handed on everything: the old context has its place
   * again.
   *
   * @return completes when it runs what has come meanwhile, in its order; fails if it has died too
   */
  CompletableFuture<Void> back() {
    next.seat().replaced(); // first, as in begin
    if (old == null) {
      putBack(List.of());
      return CompletableFuture.failedFuture(next.context().gone());
    }
    ScriptContext context = old.context();
    take(old);
    context.queue().hold();
    Heirs.link(next.seat(), old.seat());
    putBack(old.seat().holdings().subscriptions());
    context.queue().unretire(); // first: who finds it open needs no successor
    context.succession().inPlace();
    next.context().succession().giveUp();
    return retired(next.context())
        .orTimeout(Birth.OWNER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(busy -> killed(next)) // it hands on as it ends
        .thenCompose(
            drained -> {
              take(next);
              onTimers(context, timers -> timers.resumeRepeating(context.clock().nanos()));
              return released(old, returning(context));
            })
        .thenAccept(held -> handedOn = List.of());
  }

  /** What was replaced has its place again; of that what nobody runs is away, as it was. */
  private void putBack(List<Subscription> handlers) {
    node.exchange(next.seat().holdings(), new Holdings(out, handlers));
    replaced().forEach(service -> node.away(service, "its new version has failed"));
  }

  /** Completes when it has ended, or is left behind in a call of the host. */
  private static CompletableFuture<Void> killed(Birth failed) {
    ScriptContext context = failed.context();
    context.kill(new RunarException(Code.CONTEXT_GONE, "it has failed to take over"));
    return context
        .owner()
        .ended()
        .orTimeout(Birth.OWNER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(late -> null);
  }

  /** In the order of their coming; one that the old script has no handler for fails. */
  private List<Movable> returning(ScriptContext context) {
    var returning = new ArrayList<Movable>();
    for (Movable callback : handedOn) {
      Movable back = callback.in(context);
      if (back != null) {
        returning.add(back);
      } else {
        callback.fail(
            new RunarException(
                Code.NOT_RUNNING,
                "only the new version of the script handles this, and it has failed"));
      }
    }
    handedOn = returning;
    return returning;
  }

  /** Nobody is left to do what was handed on: each sender is told. Both contexts have ended. */
  void fail(RunarException reason) {
    take(old);
    take(next);
    List<Movable> lost = handedOn;
    handedOn = List.of();
    lost.forEach(callback -> callback.fail(reason));
  }
}
