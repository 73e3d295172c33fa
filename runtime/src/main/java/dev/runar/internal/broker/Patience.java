package dev.runar.internal.broker;

import dev.runar.internal.protocol.CloseCode;
import dev.runar.spi.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a client that is silent. Immutable; one for all sessions of a kind.
 *
 * @param pingNanos the silence after which it is asked
 * @param closeNanos the silence after which it is closed
 * @param ping the message that asks; null: a ping of WebSocket
 * @param code what it is closed with
 */
public record Patience(
    long pingNanos, long closeNanos, @Nullable String ping, int code, String reason) {

  /** Asks by a ping of WebSocket, as the configuration of the port says. */
  static Patience of(BrokerOptions options) {
    return new Patience(
        Clock.nanosOf(options.pingInterval()),
        Clock.nanosOf(options.idleTimeout()),
        null,
        CloseCode.IDLE,
        "nothing was heard from the client");
  }

  /** Asks by a message of its dialect, and gives it time to answer. */
  public static Patience asking(
      String ping, Duration silence, Duration answer, int code, String reason) {
    return new Patience(
        Clock.nanosOf(silence), Clock.nanosOf(silence.plus(answer)), ping, code, reason);
  }
}
