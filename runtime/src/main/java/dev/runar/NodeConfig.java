package dev.runar;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * Everything that can be configured, with defaults. The record names are the keys of {@code
 * runar.yaml} and of the object given to {@code new Node({…})}; durations there are milliseconds,
 * see docs/configuration.md.
 *
 * @param networkId the network that paths without one belong to
 * @param requestTimeout how long a request may take when its caller does not say
 * @param drainTimeout how long running work may go on when the node stops
 * @param server the port and what it accepts
 * @param limits the bounds of everything that is fed from outside
 * @param logging how much {@code runar run} logs
 * @param supervision when a turn is too much, and what becomes of a script that is ended for it
 * @param permissions what every script may reach; no script can set it
 */
public record NodeConfig(
    String networkId,
    Duration requestTimeout,
    Duration drainTimeout,
    Server server,
    Limits limits,
    Logging logging,
    Supervision supervision,
    Permissions permissions) {

  public static final NodeConfig DEFAULT =
      new NodeConfig(
          "default",
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Server.DEFAULT,
          Limits.DEFAULT,
          Logging.DEFAULT,
          Supervision.DEFAULT,
          Permissions.NONE);

  /**
   * All of it.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public NodeConfig {
    ConfigRanges.positive("requestTimeout", requestTimeout);
    if (drainTimeout.isNegative()) {
      throw ConfigRanges.outside("drainTimeout", "0 ms or more", drainTimeout.toMillis());
    }
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
    return new NodeConfig(
        newNetworkId,
        requestTimeout,
        drainTimeout,
        server,
        limits,
        logging,
        supervision,
        permissions);
  }

  public NodeConfig withRequestTimeout(Duration newRequestTimeout) {
    return new NodeConfig(
        networkId,
        newRequestTimeout,
        drainTimeout,
        server,
        limits,
        logging,
        supervision,
        permissions);
  }

  public NodeConfig withDrainTimeout(Duration newDrainTimeout) {
    return new NodeConfig(
        networkId,
        requestTimeout,
        newDrainTimeout,
        server,
        limits,
        logging,
        supervision,
        permissions);
  }

  public NodeConfig withServer(Server newServer) {
    return new NodeConfig(
        networkId,
        requestTimeout,
        drainTimeout,
        newServer,
        limits,
        logging,
        supervision,
        permissions);
  }

  public NodeConfig withLimits(Limits newLimits) {
    return new NodeConfig(
        networkId,
        requestTimeout,
        drainTimeout,
        server,
        newLimits,
        logging,
        supervision,
        permissions);
  }

  public NodeConfig withLogging(Logging newLogging) {
    return new NodeConfig(
        networkId,
        requestTimeout,
        drainTimeout,
        server,
        limits,
        newLogging,
        supervision,
        permissions);
  }

  public NodeConfig withSupervision(Supervision newSupervision) {
    return new NodeConfig(
        networkId,
        requestTimeout,
        drainTimeout,
        server,
        limits,
        logging,
        newSupervision,
        permissions);
  }

  public NodeConfig withPermissions(Permissions newPermissions) {
    return new NodeConfig(
        networkId,
        requestTimeout,
        drainTimeout,
        server,
        limits,
        logging,
        supervision,
        newPermissions);
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
   */
  public record Server(
      String host,
      PortChoice port,
      String publicFolder,
      Duration pingInterval,
      Duration idleTimeout,
      Duration handshakeTimeout) {
    public static final Server DEFAULT =
        new Server(
            "127.0.0.1",
            new PortChoice.OfScript(OptionalInt.empty()),
            "",
            Duration.ofSeconds(25),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));

    /**
     * A port and what it accepts.
     *
     * @throws IllegalArgumentException for a duration that is not above 0
     */
    public Server {
      ConfigRanges.positive("pingInterval", pingInterval);
      ConfigRanges.positive("idleTimeout", idleTimeout);
      ConfigRanges.positive("handshakeTimeout", handshakeTimeout);
    }

    public Server withHost(String newHost) {
      return new Server(newHost, port, publicFolder, pingInterval, idleTimeout, handshakeTimeout);
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
      return new Server(host, newPort, publicFolder, pingInterval, idleTimeout, handshakeTimeout);
    }

    public Server withPublicFolder(String newPublicFolder) {
      return new Server(host, port, newPublicFolder, pingInterval, idleTimeout, handshakeTimeout);
    }

    public Server withPingInterval(Duration newPingInterval) {
      return new Server(host, port, publicFolder, newPingInterval, idleTimeout, handshakeTimeout);
    }

    public Server withIdleTimeout(Duration newIdleTimeout) {
      return new Server(host, port, publicFolder, pingInterval, newIdleTimeout, handshakeTimeout);
    }

    public Server withHandshakeTimeout(Duration newHandshakeTimeout) {
      return new Server(host, port, publicFolder, pingInterval, idleTimeout, newHandshakeTimeout);
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
        throw ConfigRanges.outside("level", "one of " + String.join(", ", LEVELS), level);
      }
    }
  }
}
