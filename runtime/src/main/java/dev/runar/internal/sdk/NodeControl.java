package dev.runar.internal.sdk;

import dev.runar.internal.node.SessionDirectory;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a script may do to the node that hosts it. Any thread. */
public interface NodeControl {
  /**
   * Takes the configuration given to {@code new Node({…})}: it fills in what the host program left
   * at its default.
   *
   * @return the network id in force
   * @throws dev.runar.RunarException {@code CONFIG}
   */
  String configure(String json);

  /** Completes when the node is ready; repeatable. */
  CompletableFuture<Void> start();

  /** Where clients reach the node. */
  List<URI> urls();

  CompletableFuture<Void> stop();

  /**
   * As {@link #stop}, for a script: completes when all but the scripts has stopped, so that it
   * still hears of it.
   */
  default CompletableFuture<Void> stopAround() {
    return stop();
  }

  /** Remembers what a script wants its process to end with. */
  void exitCode(int code);

  SessionDirectory sessions();
}
