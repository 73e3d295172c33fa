package dev.runar.internal.broker;

import java.util.List;

/**
 * A page of what a channel remembers. Immutable.
 *
 * @param publications in the order that was asked for
 * @param position where the channel stands, not where the page ends
 */
public record History(List<Remembered> publications, Broker.Position position) {
  /** Of a channel that is not there. */
  static final History NONE = new History(List.of(), new Broker.Position(0, ""));
}
