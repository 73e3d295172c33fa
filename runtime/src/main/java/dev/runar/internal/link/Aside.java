package dev.runar.internal.link;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.function.Consumer;

/** Runs what is others' own: what one of them throws is logged and hurts no other. Stateless. */
final class Aside {
  private static final Logger LOG = System.getLogger("dev.runar.link");

  private Aside() {}

  static void run(Runnable other) {
    try {
      other.run();
    } catch (RuntimeException | Error e) { // what comes after it is somebody else's
      log(e);
    }
  }

  private static void log(Throwable failure) {
    try {
      LOG.log(Level.ERROR, "what was told of a link could not go on", failure);
    } catch (OutOfMemoryError e) { // which is what has failed, and what comes after must be tried
      return;
    }
  }

  static <T> void each(Collection<T> others, Consumer<T> told) {
    others.forEach(other -> run(() -> told.accept(other)));
  }
}
