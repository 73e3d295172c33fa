package dev.runar.cli;

import dev.runar.NodeProvider.Linked;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The nodes in a process of Node.js or Bun, stopped when it ends: their clients are told, and their
 * event loops are gone, which the end of a Java machine would wait 300 ms for. Any thread.
 */
final class LinkedNodes {
  /** So long the process waits for them; its end is not theirs to hold up. */
  private static final long END_MS = 250;

  private final Set<Linked> open = ConcurrentHashMap.newKeySet();

  /** None yet, of no process. */
  LinkedNodes() {}

  /** Those of this process. */
  static LinkedNodes ofProcess() {
    var nodes = new LinkedNodes();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("runar-nodes-end").unstarted(nodes::end));
    return nodes;
  }

  void to(Linked link) {
    open.add(link);
    var _ = link.ended().thenRun(() -> open.remove(link));
  }

  /** Asks all of them to stop, and waits a moment. */
  void end() {
    CompletableFuture<?>[] stopping =
        open.stream().map(LinkedNodes::stopped).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(stopping)
        .completeOnTimeout(null, END_MS, TimeUnit.MILLISECONDS)
        .exceptionally(error -> null) // a node that does not stop ends with the process
        .join();
  }

  /** On a thread of its own: a node that is being made stands in the way of no other. */
  private static CompletableFuture<Void> stopped(Linked link) {
    return CompletableFuture.completedFuture(link)
        .thenComposeAsync(Linked::stopNode, Thread.ofVirtual()::start);
  }
}
