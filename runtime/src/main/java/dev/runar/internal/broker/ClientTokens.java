package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides what clients that show a token may do. Any thread; must not block: an answer may come
 * later, on any thread. A stage that fails, or takes longer than ten seconds, is an internal error.
 */
public interface ClientTokens {

  /** What becomes of a client that connects, or shows a new token later. */
  sealed interface Connecting {
    /**
     * It may.
     *
     * @param user empty: nobody is known
     * @param info JSON, for those who ask who is there; null: none
     * @param expiresAt seconds since 1970, by when a newer token is to be shown; 0: never
     * @param channels what the server subscribes it to
     * @param data for the client, JSON or bytes; null: none
     */
    record Allowed(
        String user,
        @Nullable Payload info,
        long expiresAt,
        List<String> channels,
        @Nullable Payload data)
        implements Connecting {
      /** Who gets no data. */
      public Allowed(String user, @Nullable Payload info, long expiresAt, List<String> channels) {
        this(user, info, expiresAt, channels, null);
      }
    }

    /**
     * It may not.
     *
     * @param code below 3000 an error of the protocol, else what the session is closed with
     */
    record Refused(int code, String reason) implements Connecting {}
  }

  /** What becomes of a subscription. */
  sealed interface Subscribing {
    /**
     * It may be, whatever the authorizer says.
     *
     * @param info JSON, for those who ask who is there; null: none
     * @param expiresAt seconds since 1970, by when a newer token is to be shown; 0: never
     */
    record Allowed(@Nullable Payload info, long expiresAt) implements Subscribing {}

    /**
     * It may not be.
     *
     * @param code below 3000 an error of the protocol, else what the session is closed with
     */
    record Refused(int code, String reason) implements Subscribing {}
  }

  /** Looks at a client that connects, or at one that is connected and shows a newer token. */
  CompletionStage<Connecting> connect(Introduction who);

  /** Whether nobody may do anything before it has connected, though the dialect has no greeting. */
  boolean isRequired();

  /**
   * Looks at the token of a subscription, or at the one that refreshes it.
   *
   * @param user empty: nobody is known
   * @param client the session's id
   * @param token not empty
   */
  CompletionStage<Subscribing> subscribe(String user, String client, String channel, String token);

  /** Knows no token: who shows one is refused, and who shows none is anonymous. */
  static ClientTokens none() {
    return new ClientTokens() {
      @Override
      public CompletionStage<Connecting> connect(Introduction who) {
        return CompletableFuture.completedFuture(
            who.token().isEmpty()
                ? new Connecting.Allowed("", null, 0, List.of())
                : new Connecting.Refused(
                    Disconnect.INVALID_TOKEN.code(), "this node takes no tokens"));
      }

      @Override
      public boolean isRequired() {
        return false;
      }

      @Override
      public CompletionStage<Subscribing> subscribe(
          String user, String client, String channel, String token) {
        return CompletableFuture.completedFuture(
            new Subscribing.Refused(
                CentrifugalError.PERMISSION_DENIED.code(), "this node takes no tokens"));
      }
    };
  }
}
