package dev.runar.internal.script.web;

import dev.runar.internal.script.permission.PermissionCheck;

/** What the globals of the web need of the script context they are in. */
public interface WebHost {
  /**
   * Runs the end of an operation that the script began, on the owner thread; nothing happens if the
   * context is gone. Any thread.
   *
   * @param what the operation, for the log
   */
  void post(String what, Runnable callback);

  /** What the script may reach. */
  PermissionCheck permissions();
}
