package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.channels.ChannelRule;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.broker.centrifugal.CentrifugalPaths;
import dev.runar.spi.Authorizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A broker whose lanes run when the test says so, on the test's own thread. */
final class Simulation {
  static final BrokerOptions OPTIONS = options(List.of());

  final InMemoryGate gate = new InMemoryGate();
  final Broker broker;
  final List<Lane> lanes;
  private final List<SteppedExecutor> executors = new ArrayList<>();
  private @Nullable SteppedExecutor current;
  long nanos;

  private static BrokerOptions options(List<ChannelRule> rules) {
    return options(10_000, 1 << 20, 100_000, rules);
  }

  /** The usual ones, with other bounds and with rules. */
  static BrokerOptions options(
      int sessionBytes, int historyBytes, int laneBytes, List<ChannelRule> rules) {
    return new BrokerOptions(
        InMemoryGate.NETWORK,
        100,
        sessionBytes,
        5,
        3,
        2,
        4,
        historyBytes,
        laneBytes,
        Duration.ofSeconds(25),
        Duration.ofSeconds(60),
        rules);
  }

  Simulation(BrokerOptions options, int laneCount) {
    this(options, laneCount, gate -> DialectPaths.NONE);
  }

  Simulation(BrokerOptions options, int laneCount, Function<InMemoryGate, DialectPaths> dialects) {
    this(options, laneCount, dialects, NobodyKnown.clients());
  }

  Simulation(
      BrokerOptions options,
      int laneCount,
      Function<InMemoryGate, DialectPaths> dialects,
      ClientSetting clients) {
    this(options, laneCount, dialects, clients, null);
  }

  private Simulation(
      BrokerOptions options,
      int laneCount,
      Function<InMemoryGate, DialectPaths> dialects,
      ClientSetting clients,
      @Nullable HistoryStore store) {
    var memory = new BrokerMemory(() -> nanos, store);
    broker =
        new Broker(gate, Authorizer.openToAll(), clients, options, dialects.apply(gate), memory);
    for (int i = 0; i < laneCount; i++) {
      executors.add(new SteppedExecutor());
    }
    lanes = broker.openLanes(List.copyOf(executors), FakeConnection.FakeBurst::new, () -> nanos);
  }

  static Simulation of(int laneCount) {
    return new Simulation(OPTIONS, laneCount);
  }

  /** With rules for its channels. */
  static Simulation of(int laneCount, List<ChannelRule> rules) {
    return new Simulation(options(rules), laneCount);
  }

  /** With rules for its channels, and what those that are durable had in a life before. */
  static Simulation remembering(int laneCount, List<ChannelRule> rules, HistoryStore store) {
    ClientSetting clients = NobodyKnown.clients();
    return new Simulation(
        options(rules), laneCount, gate -> new CentrifugalPaths(gate, clients), clients, store);
  }

  /** A client of {@code /topics} on a lane. */
  Client connect(int lane) {
    return connect(lane, new Broker.Route.Topics());
  }

  Client connect(int lane, Broker.Route route) {
    return connect(lane, route, new Arrival("/p", "a=1&b=%20", null, false));
  }

  Client connect(int lane, Broker.Route route, Arrival arrival) {
    var connection = new FakeConnection();
    broker.admit();
    var opened = new ArrayList<ClientSession>();
    on(lane, () -> opened.add(broker.openSession(lanes.get(lane), connection, route, arrival)));
    return new Client(lane, connection, opened.get(0));
  }

  /** Runs on a lane's thread as one burst of input. */
  void on(int lane, Runnable action) {
    SteppedExecutor before = current;
    current = executors.get(lane);
    lanes.get(lane).beginBurst();
    try {
      action.run();
    } finally {
      lanes.get(lane).endBurst();
      current = before;
    }
  }

  /** Lets one lane do what waits for it now. */
  void step(int lane) {
    var _ = executors.get(lane).runAll();
  }

  /** Lets every lane do what waits for it. */
  void settle() {
    boolean busy = true;
    while (busy) {
      busy = false;
      for (SteppedExecutor executor : executors) {
        busy |= executor.runAll();
      }
    }
  }

  /** How often the broker has refused for this reason. */
  long refusals(Refusal reason) {
    return broker.stats().snapshot().refusals().get(reason);
  }

  /** A client and its session. */
  final class Client {
    final int lane;
    final FakeConnection connection;
    final ClientSession session;

    Client(int lane, FakeConnection connection, ClientSession session) {
      this.lane = lane;
      this.connection = connection;
      this.session = session;
    }

    /** Sends frames in one burst. */
    void says(String... frames) {
      on(
          lane,
          () -> {
            for (String frame : frames) {
              byte[] text = frame.getBytes(UTF_8);
              session.receiveText(text, 0, text.length);
            }
          });
    }

    /** Sends a binary message. */
    void says(byte[] bytes) {
      on(lane, () -> session.receiveBinary(bytes, 0, bytes.length));
    }

    /** What it got since the last call. */
    List<String> got() {
      List<String> got = List.copyOf(connection.received);
      connection.received.clear();
      return got;
    }
  }

  private final class SteppedExecutor implements LaneExecutor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    @Override
    public boolean isCurrentThread() {
      return current == this;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    boolean runAll() {
      boolean any = false;
      SteppedExecutor before = current;
      current = this;
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
        any = true;
      }
      current = before;
      return any;
    }
  }
}
