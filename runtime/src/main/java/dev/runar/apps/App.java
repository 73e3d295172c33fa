package dev.runar.apps;

import java.time.Duration;
import java.util.List;

/**
 * One app of the Pusher dialect: a key that clients connect with, a secret that servers sign with,
 * and what its clients may do. Immutable; {@link #of} and the withers make one.
 *
 * @param id in the paths of the HTTP API
 * @param key in the path that clients connect to
 * @param secrets the first signs; all of them are taken, so that one can be exchanged
 * @param enabled else clients get 4003, and servers 403
 * @param tlsOnly clients without TLS get 4000
 * @param origins hosts of pages that may connect, {@code *} in one stands for any part; empty: all
 * @param clientEvents who may send client events
 * @param subscriptionCounts whether subscribers are told how many there are
 * @param authorizedOnly a client that neither signs in nor joins a private or presence channel
 *     within the activity timeout is closed with 4009
 * @param activityTimeout the silence after which a client asks whether it is still connected
 * @param pingTimeout how long an answer to a ping may take
 * @param limits the bounds
 * @param webhooks who is told what happens
 * @param batchWebhooks several events in one call; else one each
 */
public record App(
    String id,
    String key,
    List<Secret> secrets,
    boolean enabled,
    boolean tlsOnly,
    List<String> origins,
    ClientEvents clientEvents,
    boolean subscriptionCounts,
    boolean authorizedOnly,
    Duration activityTimeout,
    Duration pingTimeout,
    AppLimits limits,
    List<Webhook> webhooks,
    boolean batchWebhooks) {

  /** Who may send client events. */
  public enum ClientEvents {
    /** Nobody. */
    NONE,
    /** Who has joined the channel. */
    MEMBERS,
    /** Everybody: Reverb's {@code all}; they need not have joined. */
    ALL
  }

  public App {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("app " + id + " has no secret");
    }
    secrets = List.copyOf(secrets);
    origins = List.copyOf(origins);
    webhooks = List.copyOf(webhooks);
  }

  /** An app with the defaults. */
  public static App of(String id, String key, String secret) {
    return new App(
        id,
        key,
        List.of(new Secret(secret)),
        true,
        false,
        List.of(),
        ClientEvents.MEMBERS,
        true,
        false,
        Duration.ofSeconds(120),
        Duration.ofSeconds(30),
        AppLimits.DEFAULT,
        List.of(),
        true);
  }
}
