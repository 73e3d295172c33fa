package dev.runar;

import dev.runar.apps.App;
import dev.runar.apps.PusherPort;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.OfflineOptions;
import dev.runar.channels.TokenKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Everything that can be configured, with defaults. The record names are the keys of {@code
 * runar.yaml} and of the object given to {@code new Node({…})}; durations there are milliseconds,
 * see docs/configuration.md.
 *
 * @param networkId the network that paths without one belong to
 * @param requestTimeout how long a request may take when its caller does not say
 * @param drainTimeout how long running work may go on when the node stops
 * @param dependencyTimeout how long a service waits for those that it depends on
 * @param server the port and what it accepts
 * @param limits the bounds of everything that is fed from outside
 * @param logging how much {@code runar run} logs
 * @param supervision when a turn is too much, and what becomes of a script that is ended for it
 * @param permissions what every script may reach; no script can set it
 * @param apps the apps of the Pusher dialect that are known without asking a database
 * @param channels what the channels of the broker promise; the first rule that matches counts
 * @param offline what waits for clients that are away
 */
public record NodeConfig(
    String networkId,
    Duration requestTimeout,
    Duration drainTimeout,
    Duration dependencyTimeout,
    Server server,
    Limits limits,
    Logging logging,
    Supervision supervision,
    Permissions permissions,
    List<App> apps,
    List<ChannelRule> channels,
    OfflineOptions offline) {

  public static final NodeConfig DEFAULT =
      new NodeConfig(
          "default",
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Server.DEFAULT,
          Limits.DEFAULT,
          Logging.DEFAULT,
          Supervision.DEFAULT,
          Permissions.NONE,
          List.of(),
          List.of(),
          OfflineOptions.DEFAULT);

  /**
   * All of it.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public NodeConfig {
    Limits.Ranges.positive("requestTimeout", requestTimeout);
    Limits.Ranges.notNegative("drainTimeout", drainTimeout);
    Limits.Ranges.positive("dependencyTimeout", dependencyTimeout);
    apps = List.copyOf(apps);
    channels = List.copyOf(channels);
  }

  /**
   * Reads a {@code runar.yaml} over the defaults; {@link Configuration#load} also reads the
   * environment.
   *
   * @throws RunarException {@code CONFIG}, naming the key or the place in the file
   */
  public static NodeConfig load(Path file) {
    return Configuration.load(Configuration.Sources.NONE.withFile(file)).config();
  }

  public NodeConfig withNetworkId(String newNetworkId) {
    return with(draft -> draft.networkId = newNetworkId);
  }

  public NodeConfig withRequestTimeout(Duration newRequestTimeout) {
    return with(draft -> draft.requestTimeout = newRequestTimeout);
  }

  public NodeConfig withDrainTimeout(Duration newDrainTimeout) {
    return with(draft -> draft.drainTimeout = newDrainTimeout);
  }

  public NodeConfig withDependencyTimeout(Duration newDependencyTimeout) {
    return with(draft -> draft.dependencyTimeout = newDependencyTimeout);
  }

  public NodeConfig withServer(Server newServer) {
    return with(draft -> draft.server = newServer);
  }

  public NodeConfig withLimits(Limits newLimits) {
    return with(draft -> draft.limits = newLimits);
  }

  public NodeConfig withLogging(Logging newLogging) {
    return with(draft -> draft.logging = newLogging);
  }

  public NodeConfig withSupervision(Supervision newSupervision) {
    return with(draft -> draft.supervision = newSupervision);
  }

  public NodeConfig withPermissions(Permissions newPermissions) {
    return with(draft -> draft.permissions = newPermissions);
  }

  public NodeConfig withApps(List<App> newApps) {
    return with(draft -> draft.apps = newApps);
  }

  public NodeConfig withChannels(List<ChannelRule> newChannels) {
    return with(draft -> draft.channels = newChannels);
  }

  public NodeConfig withOffline(OfflineOptions newOffline) {
    return with(draft -> draft.offline = newOffline);
  }

  private NodeConfig with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.complete();
  }

  /** One of them while a value is changed; checked when it is complete. */
  private static final class Draft {
    private String networkId;
    private Duration requestTimeout;
    private Duration drainTimeout;
    private Duration dependencyTimeout;
    private Server server;
    private Limits limits;
    private Logging logging;
    private Supervision supervision;
    private Permissions permissions;
    private List<App> apps;
    private List<ChannelRule> channels;
    private OfflineOptions offline;

    Draft(NodeConfig from) {
      networkId = from.networkId;
      requestTimeout = from.requestTimeout;
      drainTimeout = from.drainTimeout;
      dependencyTimeout = from.dependencyTimeout;
      server = from.server;
      limits = from.limits;
      logging = from.logging;
      supervision = from.supervision;
      permissions = from.permissions;
      apps = from.apps;
      channels = from.channels;
      offline = from.offline;
    }

    NodeConfig complete() {
      return new NodeConfig(
          networkId,
          requestTimeout,
          drainTimeout,
          dependencyTimeout,
          server,
          limits,
          logging,
          supervision,
          permissions,
          apps,
          channels,
          offline);
    }
  }

  /**
   * The port.
   *
   * @param host the address to bind; only this machine by default
   * @param port a number: 0 any free one, -1 none; left to the script by default
   * @param publicFolder static files served at {@code /}; empty: {@code public} beside the script
   * @param pingInterval how often a silent client is pinged
   * @param idleTimeout after how long without a frame a client is closed
   * @param handshakeTimeout how long a connection may take to send its first request
   * @param writeTimeout how long an HTTP client may take nothing of an answer that waits for it
   * @param cors which pages of other origins may read what the port answers
   * @param tls what the port proves itself with; then it speaks HTTPS and WSS only
   * @param metrics whether {@code /metrics} is there, for Prometheus
   * @param drainDelay how long a node that stops still serves while {@code /ready} says no
   * @param pusher how the Pusher dialect is spoken
   * @param tokens what the tokens of clients are verified with
   * @param compression whether messages are compressed for clients that offer it (RFC 7692)
   */
  public record Server(
      String host,
      PortChoice port,
      String publicFolder,
      Duration pingInterval,
      Duration idleTimeout,
      Duration handshakeTimeout,
      Duration writeTimeout,
      PortChoice.Cors cors,
      PortChoice.Tls tls,
      boolean metrics,
      Duration drainDelay,
      PusherPort pusher,
      TokenKeys tokens,
      boolean compression) {
    public static final Server DEFAULT =
        new Server(
            "127.0.0.1",
            new PortChoice.OfScript(OptionalInt.empty()),
            "",
            Duration.ofSeconds(25),
            Duration.ofSeconds(33),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            PortChoice.Cors.OFF,
            PortChoice.Tls.OFF,
            true,
            Duration.ZERO,
            PusherPort.DEFAULT,
            TokenKeys.NONE,
            false);

    /**
     * A port and what it accepts.
     *
     * @throws IllegalArgumentException for a duration that is not above 0
     */
    public Server {
      Limits.Ranges.positive("pingInterval", pingInterval);
      Limits.Ranges.positive("idleTimeout", idleTimeout);
      Limits.Ranges.positive("handshakeTimeout", handshakeTimeout);
      Limits.Ranges.positive("writeTimeout", writeTimeout);
      Limits.Ranges.notNegative("drainDelay", drainDelay);
    }

    public Server withHost(String newHost) {
      return with(draft -> draft.host = newHost);
    }

    /**
     * With a port that is decided on.
     *
     * @param newPort 0: any free one; -1: none
     * @throws RunarException {@code CONFIG} when there is no such port
     */
    public Server withPort(int newPort) {
      return withPort(PortChoice.of(newPort));
    }

    public Server withPort(PortChoice newPort) {
      return with(draft -> draft.port = newPort);
    }

    public Server withPublicFolder(String newPublicFolder) {
      return with(draft -> draft.publicFolder = newPublicFolder);
    }

    public Server withPingInterval(Duration newPingInterval) {
      return with(draft -> draft.pingInterval = newPingInterval);
    }

    public Server withIdleTimeout(Duration newIdleTimeout) {
      return with(draft -> draft.idleTimeout = newIdleTimeout);
    }

    public Server withHandshakeTimeout(Duration newHandshakeTimeout) {
      return with(draft -> draft.handshakeTimeout = newHandshakeTimeout);
    }

    public Server withWriteTimeout(Duration newWriteTimeout) {
      return with(draft -> draft.writeTimeout = newWriteTimeout);
    }

    public Server withCors(PortChoice.Cors newCors) {
      return with(draft -> draft.cors = newCors);
    }

    public Server withTls(PortChoice.Tls newTls) {
      return with(draft -> draft.tls = newTls);
    }

    public Server withMetrics(boolean newMetrics) {
      return with(draft -> draft.metrics = newMetrics);
    }

    public Server withDrainDelay(Duration newDrainDelay) {
      return with(draft -> draft.drainDelay = newDrainDelay);
    }

    public Server withPusher(PusherPort newPusher) {
      return with(draft -> draft.pusher = newPusher);
    }

    public Server withTokens(TokenKeys newTokens) {
      return with(draft -> draft.tokens = newTokens);
    }

    public Server withCompression(boolean newCompression) {
      return with(draft -> draft.compression = newCompression);
    }

    private Server with(Consumer<ServerDraft> change) {
      var draft = new ServerDraft(this);
      change.accept(draft);
      return draft.complete();
    }

    /** One of them while a value is changed; checked when it is complete. */
    private static final class ServerDraft {
      private String host;
      private PortChoice port;
      private String publicFolder;
      private Duration pingInterval;
      private Duration idleTimeout;
      private Duration handshakeTimeout;
      private Duration writeTimeout;
      private PortChoice.Cors cors;
      private PortChoice.Tls tls;
      private boolean metrics;
      private Duration drainDelay;
      private PusherPort pusher;
      private TokenKeys tokens;
      private boolean compression;

      ServerDraft(Server from) {
        host = from.host;
        port = from.port;
        publicFolder = from.publicFolder;
        pingInterval = from.pingInterval;
        idleTimeout = from.idleTimeout;
        handshakeTimeout = from.handshakeTimeout;
        writeTimeout = from.writeTimeout;
        cors = from.cors;
        tls = from.tls;
        metrics = from.metrics;
        drainDelay = from.drainDelay;
        pusher = from.pusher;
        tokens = from.tokens;
        compression = from.compression;
      }

      Server complete() {
        return new Server(
            host,
            port,
            publicFolder,
            pingInterval,
            idleTimeout,
            handshakeTimeout,
            writeTimeout,
            cors,
            tls,
            metrics,
            drainDelay,
            pusher,
            tokens,
            compression);
      }
    }
  }

  /**
   * How much {@code runar run} logs. A program that embeds the node decides by its own logging:
   * everything goes through {@link System.Logger}, what scripts and services say under {@code
   * runar}, what the node says under {@code dev.runar}. The node changes no level; one that is set
   * here and not followed there is told in one warning.
   *
   * @param level one of {@code error warn info debug trace off}
   */
  public record Logging(String level) {
    /** What may be said, from less to more, and nothing. Before DEFAULT, which is checked too. */
    public static final List<String> LEVELS =
        List.of("error", "warn", "info", "debug", "trace", "off");

    public static final Logging DEFAULT = new Logging("info");

    /**
     * A level.
     *
     * @throws IllegalArgumentException for an unknown one
     */
    public Logging {
      if (!LEVELS.contains(level)) {
        throw Limits.Ranges.outside("level", "one of " + String.join(", ", LEVELS), level);
      }
    }
  }
}
