package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
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

  /** The answer to whoever asks for the past of a topic whose channel remembers nothing. */
  public static RunarException nothing(String topic) {
    return new RunarException(
        Code.NOT_FOUND,
        "no rule of the node gives " + topic + " a history: see \"channels\" of its configuration");
  }
}
