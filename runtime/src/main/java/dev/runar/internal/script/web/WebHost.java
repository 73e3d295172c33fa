package dev.runar.internal.script.web;

import dev.runar.internal.script.permission.PermissionCheck;
import java.util.concurrent.CompletableFuture;

/** What the globals of the web need of the script context they are in. */
public interface WebHost {
  /**
   * Runs the end of an operation that the script began, on the owner thread; nothing happens if the
   * context is gone. Any thread.
   *
   * @param what the operation, for the log
   */
  void post(String what, Runnable callback);

  /** The script has begun an operation; whoever ends the context may wait for it. Any thread. */
  void begins();

  /** What {@link #begins} said is over. Any thread. */
  void ends();

  /** Completes when the context is gone; each caller's own. Any thread. */
  CompletableFuture<Void> ended();

  /** What the script may reach. */
  PermissionCheck permissions();
}
