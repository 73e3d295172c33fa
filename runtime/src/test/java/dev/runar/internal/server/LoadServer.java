package dev.runar.internal.server;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerMemory;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.HandlerFailures;
import dev.runar.internal.broker.InMemoryGate;
import dev.runar.internal.broker.NobodyKnown;
import dev.runar.internal.http.CorsRules;
import dev.runar.internal.http.Health;
import dev.runar.internal.http.HttpActions;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.HttpCounters;
import dev.runar.internal.http.ItemSource;
import dev.runar.internal.http.StaticFiles;
import dev.runar.spi.Authorizer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** The broker and the server alone, for load runs: arguments are a port and {@code epoll|nio}. */
public final class LoadServer {
  private LoadServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    var server = NodeConfig.DEFAULT.server().withPort(Integer.parseInt(arguments[0]));
    Transport transport =
        arguments.length > 1 && arguments[1].equals("nio") ? Transport.NIO : Transport.best();
    var gate = new InMemoryGate();
    gate.actions.put(
        "math/add", data -> CompletableFuture.completedFuture(Payload.json("{\"sum\":3}")));
    var broker =
        new Broker(
            gate,
            Authorizer.openToAll(),
            NobodyKnown.clients(),
            BrokerOptions.of(NodeConfig.DEFAULT.withServer(server)),
            DialectPaths.NONE,
            BrokerMemory.only(System::nanoTime));
    HttpApi api = api(broker, gate, NodeConfig.DEFAULT, StaticFiles.none());
    NettyServer.start(server, NodeConfig.DEFAULT.limits(), broker, api, transport);
    System.out.println("READY");
    Thread.currentThread().join();
  }

  static HttpApi api(Broker broker, InMemoryGate gate, NodeConfig config, StaticFiles files) {
    ItemSource none =
        (path, payload, options, http) -> subscriber -> subscriber.onSubscribe(NO_ITEMS);
    var setup =
        new HttpActions.Setup(
            gate,
            Optional::empty,
            none,
            Runnable::run,
            new HttpCounters(),
            new HandlerFailures(System::nanoTime));
    return new HttpApi(
        new AlwaysUp(),
        () -> topics(broker),
        files,
        new HttpActions(setup),
        new CorsRules(config.server().cors()),
        dev.runar.internal.http.OwnApi.NONE);
  }

  private static final Flow.Subscription NO_ITEMS =
      new Flow.Subscription() {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
      };

  static List<String> topics(Broker broker) {
    return broker.topics(Optional.empty(), 10_000);
  }

  record AlwaysUp() implements Health {
    @Override
    public boolean isLive() {
      return true;
    }

    @Override
    public boolean isReady() {
      return true;
    }
  }
}
