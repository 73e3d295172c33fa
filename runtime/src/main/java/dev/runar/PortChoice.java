package dev.runar;

import dev.runar.RunarException.Code;
import java.time.Duration;
import java.util.List;
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
   * Which pages of other origins may read what the port answers (CORS).
   *
   * @param origins such as {@code https://app.example.com}; {@code *}: any; empty: none
   * @param methods that such a page may use; empty: those that there are
   * @param headers that such a page may send
   * @param credentials whether cookies and the like may come along
   * @param maxAge how long a browser may remember the answer
   */
  public record Cors(
      List<String> origins,
      List<String> methods,
      List<String> headers,
      boolean credentials,
      Duration maxAge) {
    /** No page of another origin. */
    public static final Cors OFF =
        new Cors(
            List.of(),
            List.of(),
            List.of("content-type", "authorization"),
            false,
            Duration.ofMinutes(10));

    /** Scheme, host and port, or any; methods and headers are tokens. */
    private static final String ORIGIN = "\\*|[a-z][a-z0-9+.-]*://[^/\\s,*]+";

    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

    /**
     * Rules.
     *
     * @throws IllegalArgumentException for what is no origin, method or header, and for any origin
     *     together with credentials
     */
    public Cors {
      origins =
          Limits.Ranges.matching(
              "origins", origins, ORIGIN, "origins such as https://app.example.com or *");
      methods = Limits.Ranges.matching("methods", methods, TOKEN, "names of methods");
      headers = Limits.Ranges.matching("headers", headers, TOKEN, "names of headers");
      Limits.Ranges.notNegative("maxAge", maxAge);
      if (credentials && origins.contains("*")) {
        throw new IllegalArgumentException(
            "origins must name each origin when credentials is true: * would let every page of the"
                + " web act for its visitor");
      }
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
