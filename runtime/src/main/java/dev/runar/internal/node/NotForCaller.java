package dev.runar.internal.node;

import dev.runar.RunarException;

/** An action exists and its caller may not call it: its handler has not been asked. */
public final class NotForCaller extends RunarException {
  private static final long serialVersionUID = 1L;

  NotForCaller(String message) {
    super(Code.PERMISSION_DENIED, message);
  }
}
