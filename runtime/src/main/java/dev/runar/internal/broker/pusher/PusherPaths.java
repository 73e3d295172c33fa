package dev.runar.internal.broker.pusher;

import dev.runar.Event;
import dev.runar.apps.AppLimits;
import dev.runar.internal.broker.Arrival;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Dialect;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.PusherError;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/** The path that clients of the Pusher dialect connect to, and what passes by it. Any thread. */
public final class PusherPaths implements DialectPaths {
  /** The largest first part of a socket id. */
  private static final long SOCKET_IDS = 1_000_000_000_000L;

  private final Apps apps;
  private final NodeGate gate;
  private final Hooks hooks;
  private final String path;
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong sockets = new AtomicLong();

  /**
   * Answers on {@code prefix/app/{key}}.
   *
   * @param prefix empty, or begins with a slash and does not end with one
   */
  public PusherPaths(Apps apps, NodeGate gate, String prefix) {
    this.apps = apps;
    this.gate = gate;
    this.hooks = new Hooks(gate, apps.clock(), apps.stats().hooks());
    this.path = prefix + "/app";
  }

  @Override
  public Optional<Opening> opening(String urlPath) {
    boolean isOurs =
        urlPath.startsWith(path)
            && (urlPath.length() == path.length() || urlPath.charAt(path.length()) == '/');
    return isOurs && apps.isSpoken() ? Optional.of(new PusherOpening()) : Optional.empty();
  }

  /** What is to be remembered is, and what clients got is counted. */
  @Override
  public int pass(Event event, IntSupplier onward) {
    int clients = remembered(event, onward);
    if (clients > 0) {
      apps.state(appOf(event.topic())).ifPresent(app -> app.counts().delivered(clients));
    }
    return clients;
  }

  private static String appOf(String topic) {
    int end = topic.indexOf('/', Broker.APPS.length());
    return topic.substring(Broker.APPS.length(), end < 0 ? topic.length() : end);
  }

  private int remembered(Event event, IntSupplier onward) {
    AppLimits limits = apps.remembering(event.topic());
    return limits == null
        ? cached(event, onward)
        : apps.history()
            .publish(event.topic(), event.payload(), limits, () -> cached(event, onward));
  }

  /** A cache channel remembers what the server has published. */
  private int cached(Event event, IntSupplier onward) {
    return isRemembered(event)
        ? apps.cache().publish(event.topic(), event.payload(), onward)
        : onward.getAsInt();
  }

  private static boolean isRemembered(Event event) {
    String topic = event.topic();
    var name = new ChannelName(topic.substring(topic.lastIndexOf('/') + 1));
    boolean isChannel = topic.indexOf('/', Broker.APPS.length()) == topic.lastIndexOf('/');
    return isChannel && name.isCache() && !ChannelEvent.read(event.payload()).isOfClient();
  }

  private final class PusherOpening implements Opening {
    @Override
    public Dialect dialect(Arrival arrival) {
      return Dialect.PUSHER;
    }

    @Override
    public int noRoomCode() {
      return PusherError.OVER_CAPACITY.code();
    }

    /** Unique here by its second part, and among nodes by its first, which nobody can guess. */
    @Override
    public String sessionId() {
      return random.nextLong(1, SOCKET_IDS) + "." + sockets.incrementAndGet();
    }

    @Override
    public void begin(ClientSession session, Arrival arrival) {
      new PusherGreeting(session, arrival, apps, hooks, gate).begin(keyOf(arrival.path()));
    }
  }

  /** The key in a path; empty if the path is not {@code /app/{key}}. */
  private String keyOf(String urlPath) {
    String rest = urlPath.length() > path.length() ? urlPath.substring(path.length() + 1) : "";
    return rest.indexOf('/') < 0 ? rest : "";
  }
}
