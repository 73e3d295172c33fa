package dev.runar.internal.boot;

import dev.runar.internal.http.Health;
import java.util.function.BooleanSupplier;

/** What the port says of the node: a process that answers at all is live. Any thread. */
record NodeHealth(BooleanSupplier ready) implements Health {
  @Override
  public boolean isLive() {
    return true;
  }

  @Override
  public boolean isReady() {
    return ready.getAsBoolean();
  }
}
