package dev.runar.internal.broker;

import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.node.Delays;
import dev.runar.spi.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What the conversations of all clients share, whatever they speak: who they are is told in the
 * same way, and who is where is one. Any thread.
 *
 * @param offline what waits for clients that are away; null: nothing does
 */
public record ClientSetting(
    ClientTokens tokens,
    PresenceTable presence,
    Clock clock,
    Delays delays,
    @Nullable OfflineQueues offline) {

  /** Of a node where nobody is there yet. */
  public ClientSetting(ClientTokens tokens, Clock clock, Delays delays) {
    this(tokens, new PresenceTable(), clock, delays, null);
  }

  /** With queues for clients that are away. */
  public ClientSetting with(OfflineQueues queues) {
    return new ClientSetting(tokens, presence, clock, delays, queues);
  }

  /** Seconds until then; 0: it never comes. */
  public long secondsUntil(long epochSecond) {
    return epochSecond == 0 ? 0 : Math.max(0, epochSecond - clock.wallMs() / 1_000);
  }

  /** Whether it has come. */
  public boolean isOver(long epochSecond) {
    return epochSecond != 0 && secondsUntil(epochSecond) == 0;
  }
}
