package dev.runar.internal.broker;

import org.jspecify.annotations.Nullable;

/**
 * Which page of a channel's history. Immutable.
 *
 * @param since forward: what was published after it; reverse: what was published before it; null:
 *     from the oldest, or reverse from the newest. Of another epoch that does not go on here, or
 *     beyond its end there: there is nothing
 * @param limit at most so many; 0: only where the channel stands
 * @param reverse the newest first
 */
public record HistoryRange(Broker.@Nullable Since since, int limit, boolean reverse) {
  /**
   * A range.
   *
   * @throws IllegalArgumentException for a limit below 0
   */
  public HistoryRange {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must be 0 or more, it is " + limit);
    }
  }
}
