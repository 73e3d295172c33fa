package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;

/**
 * A page of what a channel remembers. Immutable.
 *
 * @param publications in the order that was asked for
 * @param position where the channel stands, not where the page ends
 * @param isKnown the place where it was to begin is one of this channel, in this epoch or an
 *     earlier one that goes on here; else there are no publications
 */
public record History(List<Remembered> publications, Broker.Position position, boolean isKnown) {
  /** Of a channel that is not there. */
  static History none(HistoryRange range) {
    var nowhere = new Broker.Position(0, "");
    Broker.Since since = range.since();
    return new History(List.of(), nowhere, since == null || since.epoch().equals(nowhere.epoch()));
  }

  /** The answer to whoever asks for the past of a topic whose channel remembers nothing. */
  public static RunarException nothing(String topic) {
    return new RunarException(
        Code.NOT_FOUND,
        "no rule of the node gives " + topic + " a history: see \"channels\" of its configuration");
  }
}
