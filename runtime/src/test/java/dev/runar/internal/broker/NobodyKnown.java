package dev.runar.internal.broker;

import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;

/** A node that takes no tokens: nothing of it ever expires. */
public final class NobodyKnown {
  private NobodyKnown() {}

  public static ClientSetting clients() {
    var never =
        new Delays() {
          @Override
          public Runnable after(long nanos, Runnable task) {
            return () -> {};
          }

          @Override
          public void close() {}
        };
    return new ClientSetting(ClientTokens.none(), Clock.system(), never);
  }
}
