package dev.runar.internal.boot;

import dev.runar.internal.script.ScriptHost;
import dev.runar.internal.script.ScriptStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * All the JavaScript that a node calls: its own scripts, and the program at the other end of a
 * link. Any thread.
 */
record Contexts(ScriptHost scripts, LinkedProgram program) {
  /** What each does. */
  List<ScriptStatus> status() {
    return Stream.concat(scripts.status().stream(), program.contexts().stream()).toList();
  }

  /** Completes when an event has gone all the way into each of them and back. */
  CompletableFuture<Void> selfTest() {
    return CompletableFuture.allOf(scripts.selfTest(), program.selfTest());
  }
}
