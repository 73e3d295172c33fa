package dev.runar.apps;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

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
 * @param messageRate how fast one client may send
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
    boolean batchWebhooks,
    MessageRate messageRate) {

  /** Who may send client events. */
  public enum ClientEvents {
    /** Nobody. */
    NONE,
    /** Who has joined the channel. */
    MEMBERS,
    /** Everybody: Reverb's {@code all}; they need not have joined. */
    ALL
  }

  /** An id is part of topics, and a key part of what is signed: neither has more than these. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  /**
   * An app.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range; no secret is in
   *     the message
   */
  public App {
    name("id", id);
    name("key", key);
    if (secrets.isEmpty() || secrets.stream().anyMatch(secret -> secret.reveal().isBlank())) {
      throw new IllegalArgumentException("secrets must be at least one, and none may be empty");
    }
    positive("activityTimeout", activityTimeout);
    positive("pingTimeout", pingTimeout);
    if (origins.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("origins must be hosts such as *.example.com, none empty");
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
        true,
        MessageRate.UNBOUNDED);
  }

  /** Whether a text could be an app's id or key at all: a store need not be asked for others. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  private static void name(String component, String value) {
    if (!isName(value)) {
      throw new IllegalArgumentException(
          component + " must be 1 to 100 of A-Z, a-z, 0-9, _ and -, it is \"" + value + "\"");
    }
  }

  private static void positive(String component, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          component + " must be above 0 ms, it is " + value.toMillis());
    }
  }

  public App withId(String newId) {
    return with(draft -> draft.id = newId);
  }

  public App withKey(String newKey) {
    return with(draft -> draft.key = newKey);
  }

  public App withSecrets(List<Secret> newSecrets) {
    return with(draft -> draft.secrets = newSecrets);
  }

  public App withEnabled(boolean newEnabled) {
    return with(draft -> draft.enabled = newEnabled);
  }

  public App withTlsOnly(boolean newTlsOnly) {
    return with(draft -> draft.tlsOnly = newTlsOnly);
  }

  public App withOrigins(List<String> newOrigins) {
    return with(draft -> draft.origins = newOrigins);
  }

  public App withClientEvents(ClientEvents newClientEvents) {
    return with(draft -> draft.clientEvents = newClientEvents);
  }

  public App withSubscriptionCounts(boolean newSubscriptionCounts) {
    return with(draft -> draft.subscriptionCounts = newSubscriptionCounts);
  }

  public App withAuthorizedOnly(boolean newAuthorizedOnly) {
    return with(draft -> draft.authorizedOnly = newAuthorizedOnly);
  }

  public App withActivityTimeout(Duration newActivityTimeout) {
    return with(draft -> draft.activityTimeout = newActivityTimeout);
  }

  public App withPingTimeout(Duration newPingTimeout) {
    return with(draft -> draft.pingTimeout = newPingTimeout);
  }

  public App withLimits(AppLimits newLimits) {
    return with(draft -> draft.limits = newLimits);
  }

  public App withWebhooks(List<Webhook> newWebhooks) {
    return with(draft -> draft.webhooks = newWebhooks);
  }

  public App withBatchWebhooks(boolean newBatchWebhooks) {
    return with(draft -> draft.batchWebhooks = newBatchWebhooks);
  }

  public App withMessageRate(MessageRate newMessageRate) {
    return with(draft -> draft.messageRate = newMessageRate);
  }

  private App with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.complete();
  }

  /** One of them while a value is changed; checked when it is complete. */
  private static final class Draft {
    private String id;
    private String key;
    private List<Secret> secrets;
    private boolean enabled;
    private boolean tlsOnly;
    private List<String> origins;
    private ClientEvents clientEvents;
    private boolean subscriptionCounts;
    private boolean authorizedOnly;
    private Duration activityTimeout;
    private Duration pingTimeout;
    private AppLimits limits;
    private List<Webhook> webhooks;
    private boolean batchWebhooks;
    private MessageRate messageRate;

    Draft(App from) {
      id = from.id;
      key = from.key;
      secrets = from.secrets;
      enabled = from.enabled;
      tlsOnly = from.tlsOnly;
      origins = from.origins;
      clientEvents = from.clientEvents;
      subscriptionCounts = from.subscriptionCounts;
      authorizedOnly = from.authorizedOnly;
      activityTimeout = from.activityTimeout;
      pingTimeout = from.pingTimeout;
      limits = from.limits;
      webhooks = from.webhooks;
      batchWebhooks = from.batchWebhooks;
      messageRate = from.messageRate;
    }

    App complete() {
      return new App(
          id,
          key,
          secrets,
          enabled,
          tlsOnly,
          origins,
          clientEvents,
          subscriptionCounts,
          authorizedOnly,
          activityTimeout,
          pingTimeout,
          limits,
          webhooks,
          batchWebhooks,
          messageRate);
    }
  }
}
