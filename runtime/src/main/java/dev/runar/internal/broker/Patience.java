package dev.runar.internal.broker;

import dev.runar.internal.protocol.CloseCode;
import dev.runar.spi.Clock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a client that is silent. Immutable; one for all sessions of a kind.
 *
 * @param pingNanos the silence after which it is asked
 * @param closeNanos the silence after which it is closed
 * @param ping the message that asks; null: a ping of WebSocket
 * @param isRegular it is asked every {@code pingNanos}, silent or not
 * @param code what it is closed with
 */
public record Patience(
    long pingNanos,
    long closeNanos,
    @Nullable WireMessage ping,
    boolean isRegular,
    int code,
    String reason) {

  /** Asks by a ping of WebSocket, as the configuration of the port says. */
  static Patience of(BrokerOptions options) {
    return new Patience(
        Clock.nanosOf(options.pingInterval()),
        Clock.nanosOf(options.idleTimeout()),
        null,
        false,
        CloseCode.IDLE,
        "nothing was heard from the client");
  }

  /** Asks whether the client is there. */
  void ask(Connection connection) {
    if (ping == null) {
      connection.writePing();
    } else {
      connection.write(ping);
    }
    connection.flush();
  }

  /** Asks by a message of its dialect, and gives it time to answer. */
  public static Patience asking(
      String ping, Duration silence, Duration answer, int code, String reason) {
    WireMessage message = WireMessage.text(ping.getBytes(StandardCharsets.UTF_8));
    return new Patience(
        Clock.nanosOf(silence), Clock.nanosOf(silence.plus(answer)), message, false, code, reason);
  }

  /** Asks again and again, as clients that count on it want, and gives time to answer. */
  public static Patience regular(
      WireMessage ping, Duration every, Duration answer, int code, String reason) {
    return new Patience(
        Clock.nanosOf(every), Clock.nanosOf(every.plus(answer)), ping, true, code, reason);
  }
}
