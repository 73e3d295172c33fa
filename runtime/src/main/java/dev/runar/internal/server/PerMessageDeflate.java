package dev.runar.internal.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The agreement on compressed messages in the opening handshake, by RFC 7692. Each message stands
 * for itself in both directions, so a connection costs no window of 32 KiB. Stateless.
 */
final class PerMessageDeflate {
  private static final String NAME = "permessage-deflate";
  private static final String ALONE =
      NAME + "; server_no_context_takeover; client_no_context_takeover";

  /** More offers than these are not looked at. */
  private static final int MAX_OFFERS = 16;

  private PerMessageDeflate() {}

  /** What to answer to the first offer that can be met; empty: nothing will be compressed. */
  static Optional<String> answer(HttpHeaders headers) {
    int offers = 0;
    for (String header : headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      for (String offer : header.split(",", -1)) {
        if (++offers > MAX_OFFERS) {
          return Optional.empty();
        }
        Optional<String> answer = answer(offer.split(";", -1));
        if (answer.isPresent()) {
          return answer;
        }
      }
    }
    return Optional.empty();
  }

  /** An offer with what is unknown, twice there or out of range is declined, as the RFC demands. */
  private static Optional<String> answer(String[] offer) {
    if (!offer[0].trim().equals(NAME)) {
      return Optional.empty();
    }
    Set<String> seen = new HashSet<>();
    boolean isBound = false;
    for (int i = 1; i < offer.length; i++) {
      String[] parameter = offer[i].trim().split("\\s*=\\s*", 2);
      Optional<String> value =
          parameter.length == 1 ? Optional.empty() : Optional.of(unquoted(parameter[1]));
      if (!seen.add(parameter[0]) || !isMet(parameter[0], value)) {
        return Optional.empty();
      }
      isBound |= parameter[0].equals("server_max_window_bits");
    }
    return Optional.of(isBound ? ALONE + "; server_max_window_bits=15" : ALONE);
  }

  private static boolean isMet(String name, Optional<String> value) {
    return switch (name) {
      case "server_no_context_takeover", "client_no_context_takeover" -> value.isEmpty();
      case "client_max_window_bits" -> value.isEmpty() || value.get().matches("[89]|1[0-5]");
      // The JDK's Deflater has no other window.
      case "server_max_window_bits" -> value.isPresent() && value.get().equals("15");
      default -> false;
    };
  }

  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }
}
