package dev.runar;

import dev.runar.RunarException.Code;
import java.util.OptionalInt;

/** Which port a node opens, and who has the say. Immutable; any thread. */
public sealed interface PortChoice {
  /** The highest port there is. */
  int MAX = 65_535;

  /**
   * The host program has decided on a port.
   *
   * @param value 0: any free one
   */
  record Fixed(int value) implements PortChoice {
    /**
     * Checks the range.
     *
     * @throws RunarException {@code CONFIG} when there is no such port
     */
    public Fixed {
      if (value < 0 || value > MAX) {
        throw new RunarException(
            Code.CONFIG,
            "server.port must be 0 (any free port) to " + MAX + ", or -1 for none; it is " + value);
      }
    }
  }

  /** The host program has decided that no port is opened, whatever a script names. */
  record None() implements PortChoice {}

  /**
   * The host program leaves it to the script's {@code new Node({…})}.
   *
   * @param otherwise the port when the script names none either; empty: none is opened
   */
  record OfScript(OptionalInt otherwise) implements PortChoice {}

  /**
   * What the open port proves itself with.
   *
   * @param certificate a PEM file: the port's own certificate first, then those that signed it
   * @param key a PEM file: its private key in PKCS#8, not encrypted
   */
  record Tls(String certificate, String key) {
    /** Plain HTTP and WebSocket. */
    public static final Tls OFF = new Tls("", "");

    /**
     * Two files, or none.
     *
     * @throws IllegalArgumentException for one alone
     */
    public Tls {
      if (certificate.isEmpty() != key.isEmpty()) {
        throw new IllegalArgumentException(
            "certificate and key must both be set; it is the "
                + (key.isEmpty() ? "key" : "certificate")
                + " that is missing");
      }
    }

    /** Whether there is one. */
    public boolean isOn() {
      return !key.isEmpty();
    }
  }

  /**
   * The choice that a number stands for in a configuration: -1 for none.
   *
   * @throws RunarException {@code CONFIG} when there is no such port
   */
  static PortChoice of(int number) {
    return number == -1 ? new None() : new Fixed(number);
  }

  /** The port to open when no script says another; empty: none; 0: any free one. */
  default OptionalInt number() {
    return switch (this) {
      case Fixed(int value) -> OptionalInt.of(value);
      case None() -> OptionalInt.empty();
      case OfScript(var otherwise) -> otherwise;
    };
  }
}
