package dev.runar.internal.broker;

import dev.runar.Event;
import dev.runar.internal.protocol.CloseCode;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/** The dialects that are spoken on paths of their own. Any thread. */
public interface DialectPaths {
  /** None. */
  DialectPaths NONE = path -> Optional.empty();

  /** What begins a session on a URL path, if it is one of a dialect. */
  Optional<Opening> opening(String path);

  /**
   * What was published on the topic of a channel of an app, on its way.
   *
   * @param onward hands it to the subscribers; to be called once
   * @return what {@code onward} answered: the clients that it was handed to
   */
  default int pass(Event event, IntSupplier onward) {
    return onward.getAsInt();
  }

  /**
   * Two that share no path.
   *
   * @param apps lets pass what is published on channels of apps
   */
  static DialectPaths both(DialectPaths apps, DialectPaths other) {
    return new DialectPaths() {
      @Override
      public Optional<Opening> opening(String path) {
        Optional<Opening> first = apps.opening(path);
        return first.isPresent() ? first : other.opening(path);
      }

      @Override
      public int pass(Event event, IntSupplier onward) {
        return apps.pass(event, onward);
      }
    };
  }

  /** How sessions of one dialect begin. */
  interface Opening {
    Dialect dialect(Arrival arrival);

    /** Which of the subprotocols that a client offers is spoken, if any. */
    default Optional<String> subprotocol(List<String> offered) {
      return Optional.empty();
    }

    /** What a client is closed with when the node has no room for another session. */
    default int noRoomCode() {
      return CloseCode.TRY_AGAIN;
    }

    /** A new one, unlike all others of the node. */
    String sessionId();

    /** Begins the conversation ({@link ClientSession#begin}). Lane's thread. */
    void begin(ClientSession session, Arrival arrival);
  }
}
