package dev.runar.internal.node.stage;

import dev.runar.Payload;
import dev.runar.internal.node.Invocation;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One call of a handler for all who ask for the same at the same time: the first one's is made, the
 * others wait for its result. As many wait as there are requests; who gives up leaves. Any thread.
 */
final class Flight extends CompletableFuture<Payload> {
  private final Set<Invocation> waiting = ConcurrentHashMap.newKeySet();
  private volatile NotedHttp.Said said = NotedHttp.Said.NOTHING;

  /** Before it is over: what goes with the result to those of HTTP. */
  void say(NotedHttp.Said words) {
    said = words;
  }

  NotedHttp.Said said() {
    return said;
  }

  /**
   * Waits for the result.
   *
   * @param landed told of the call, once, when the flight is over
   */
  void await(Invocation call, Consumer<Invocation> landed) {
    waiting.add(call);
    call.onCancel(() -> waiting.remove(call));
    if (isDone() && waiting.remove(call)) {
      landed.accept(call);
    }
  }

  /** After it is over: takes out who still waits. */
  void land(Consumer<Invocation> landed) {
    for (Invocation call : List.copyOf(waiting)) {
      if (waiting.remove(call)) {
        landed.accept(call);
      }
    }
  }
}
