package dev.runar.internal.server;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.Lane;
import dev.runar.internal.broker.LaneExecutor;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.spi.Clock;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The one port of a node: HTTP and WebSocket. Any thread. */
public final class NettyServer implements AutoCloseable {
  /** Connections that may be open beside the sessions: requests, handshakes, farewells. */
  private static final int SPARE_CONNECTIONS = 1_024;

  private static final int BACKLOG = 4_096;
  private static final long MAX_SWEEP_MS = 1_000;

  /** How much longer than promised a channel may remember. */
  private static final long HISTORY_SWEEP_MS = 2_000;

  /** How often the files of TLS are looked at. */
  private static final long LOOK_MS = 2_000;

  private final Broker broker;
  private final MultiThreadIoEventLoopGroup group;
  private final ExecutorService disk = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<EventExecutor, Loop> loops;

  /** Open connections, and one for the port itself until everybody has been told of the end. */
  private final AtomicInteger connections = new AtomicInteger(1);

  private final int maxConnections;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final HttpHandler.Shared shared;
  private final @Nullable TlsDoor tls;
  private final Channel listener;
  private final List<URI> urls;
  private volatile boolean stopping;

  private NettyServer(
      NodeConfig.Server config, Limits limits, Broker broker, HttpApi api, Transport transport) {
    this.broker = broker;
    this.maxConnections = limits.sessions() + SPARE_CONNECTIONS;
    this.group =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), new LaneThreads(), transport.handlers());
    this.loops = openLoops(config);
    this.shared =
        new HttpHandler.Shared(
            broker,
            api,
            limits.messageBytes(),
            config.compression(),
            disk,
            new BodyBudget(limits.queuedBytes()),
            !config.tokens().onConnect().isEmpty());
    this.tls = tls(config);
    this.listener = listen(config, limits, transport);
    this.urls = List.of(url(config, (InetSocketAddress) listener.localAddress()));
  }

  /**
   * Opens the port on the best transport there is.
   *
   * @throws RunarException {@code CONFIG} when the port cannot be had
   */
  public static NettyServer start(
      NodeConfig.Server config, Limits limits, Broker broker, HttpApi api) {
    return start(config, limits, broker, api, Transport.best());
  }

  /** Opens the port on a given transport. */
  public static NettyServer start(
      NodeConfig.Server config, Limits limits, Broker broker, HttpApi api, Transport transport) {
    return new NettyServer(config, limits, broker, api, transport);
  }

  /** Where clients find it: {@code http://host:port}, or {@code https}. */
  public List<URI> urls() {
    return urls;
  }

  /** The port that is really open. */
  public int port() {
    return urls.get(0).getPort();
  }

  /**
   * Takes no new connections, closes sessions with 1001, waits for the clients to read what is
   * theirs, and gives the threads back. Repeatable.
   *
   * @param drain how long clients may take
   */
  public CompletableFuture<Void> stop(Duration drain) {
    synchronized (this) {
      if (stopping) {
        return stopped;
      }
      stopping = true;
    }
    var _ = listener.close().addListener(done -> farewell(drain));
    return stopped;
  }

  /** Stops, waits a second for slow clients, and then until that is done. */
  @Override
  public void close() {
    stop(Duration.ofSeconds(1)).join();
  }

  /** The time of the clients begins when every loop has told its own. */
  private void farewell(Duration drain) {
    broker.closeSessions(CloseCode.GOING_AWAY, "the node stops");
    var told =
        loops.entrySet().stream()
            .map(each -> CompletableFuture.runAsync(each.getValue()::stop, each.getKey()))
            .toArray(CompletableFuture<?>[]::new);
    var _ = CompletableFuture.allOf(told).whenComplete((done, error) -> awaitClients(drain));
  }

  /** Half of the time for what was published before; then the farewell goes past the rest. */
  private void awaitClients(Duration drain) {
    connectionEnded();
    var _ =
        drainedWithin(drain.dividedBy(2))
            .exceptionallyCompose(
                late -> {
                  broker.closeSessionsAtOnce(CloseCode.GOING_AWAY, "the node stops");
                  return drainedWithin(drain.dividedBy(2));
                })
            .whenComplete((done, late) -> release());
  }

  private CompletableFuture<Void> drainedWithin(Duration time) {
    return drained.copy().orTimeout(Clock.nanosOf(time), TimeUnit.NANOSECONDS);
  }

  private Map<EventExecutor, Loop> openLoops(NodeConfig.Server config) {
    var executors = new ArrayList<EventExecutor>();
    group.forEach(executors::add);
    List<LaneExecutor> laneExecutors =
        executors.stream()
            .<LaneExecutor>map(executor -> new EventLoopExecutor((EventLoop) executor))
            .toList();
    List<Lane> lanes =
        broker.openLanes(
            laneExecutors, () -> new NettyBurst(ByteBufAllocator.DEFAULT), System::nanoTime);
    var all = new HashMap<EventExecutor, Loop>();
    for (int i = 0; i < lanes.size(); i++) {
      var loop =
          new Loop(
              lanes.get(i),
              Clock.nanosOf(config.handshakeTimeout()),
              Clock.nanosOf(config.writeTimeout()));
      all.put(executors.get(i), loop);
      LaneThreads.introduce((EventLoop) executors.get(i));
      long period = sweepMs(config);
      var _ =
          executors
              .get(i)
              .scheduleWithFixedDelay(loop::sweep, period, period, TimeUnit.MILLISECONDS);
    }
    var _ =
        executors
            .getFirst()
            .scheduleWithFixedDelay(
                broker::sweep, HISTORY_SWEEP_MS, HISTORY_SWEEP_MS, TimeUnit.MILLISECONDS);
    return Map.copyOf(all);
  }

  /** Often enough that a deadline is at most a quarter late. */
  private static long sweepMs(NodeConfig.Server config) {
    Duration shortest =
        Collections.min(
            List.of(
                config.handshakeTimeout(),
                config.writeTimeout(),
                config.pingInterval(),
                config.idleTimeout()));
    return Math.clamp(Clock.nanosOf(shortest) / 4_000_000, 1, MAX_SWEEP_MS);
  }

  private @Nullable TlsDoor tls(NodeConfig.Server config) {
    if (!config.tls().isOn()) {
      return null;
    }
    try {
      var door = new TlsDoor(config.tls(), config.handshakeTimeout(), disk);
      var _ =
          group
              .next()
              .scheduleWithFixedDelay(
                  () -> disk.execute(door::look), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
      return door;
    } catch (RuntimeException e) {
      release();
      throw e;
    }
  }

  /**
   * Asks every event loop for a moment, again and again until the port closes. One that is held up
   * is asked for all the moments that it has missed, so that each counts with its own delay.
   *
   * @param period between two moments
   * @param delayNanos is told how late each was, on its event loop
   */
  public void watchDelays(Duration period, LongConsumer delayNanos) {
    long step = Clock.nanosOf(period);
    for (EventExecutor executor : loops.keySet()) {
      var probe =
          new Runnable() {
            private long due = System.nanoTime() + step;

            @Override
            public void run() {
              delayNanos.accept(Math.max(0, System.nanoTime() - due));
              due += step;
            }
          };
      var _ = executor.scheduleAtFixedRate(probe, step, step, TimeUnit.NANOSECONDS);
    }
  }

  /** What has come of TLS; empty without it. */
  public Map<String, Long> tlsCounts() {
    return tls == null ? Map.of() : tls.counts();
  }

  private Channel listen(NodeConfig.Server config, Limits limits, Transport transport) {
    ServerBootstrap port =
        new ServerBootstrap()
            .group(group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Connections());
    if (limits.socketBytes() > 0) {
      port.childOption(ChannelOption.SO_SNDBUF, limits.socketBytes());
    }
    ChannelFuture bound = port.bind(config.host(), number(config)).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      release();
      throw cannotListen(config, bound.cause());
    }
    return bound.channel();
  }

  private static RunarException cannotListen(NodeConfig.Server config, Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (message.contains("in use")) {
      return new RunarException(
          Code.CONFIG,
          "port %d on %s is in use; stop the other program or choose another with --port"
              .formatted(number(config), config.host()),
          cause);
    }
    return new RunarException(
        Code.CONFIG,
        "cannot listen on %s:%d: %s".formatted(config.host(), number(config), message),
        cause);
  }

  private static int number(NodeConfig.Server config) {
    return config.port().number().orElseThrow(); // who wants no port starts no server
  }

  private static URI url(NodeConfig.Server config, InetSocketAddress address) {
    String host = config.host();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return URI.create(
        (config.tls().isOn() ? "https://" : "http://") + shown + ":" + address.getPort());
  }

  private void connectionEnded() {
    if (connections.decrementAndGet() == 0) {
      drained.complete(null);
    }
  }

  private void release() {
    group
        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .addListener(
            done -> {
              disk.shutdown(); // the loops gave it work to their end
              loops.values().forEach(Loop::close);
              stopped.complete(null);
            });
  }

  /** Prepares each new connection, on its event loop. */
  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      connections.incrementAndGet();
      var _ = channel.closeFuture().addListener(done -> connectionEnded());
      Loop loop = loops.get(channel.eventLoop());
      if (loop == null || stopping || connections.get() > maxConnections) {
        var _ = channel.close();
        return;
      }
      if (tls != null) {
        tls.guard(channel);
      }
      channel.pipeline().addLast(new StrictRequestDecoder(), new HttpHandler(shared, loop));
    }
  }
}
