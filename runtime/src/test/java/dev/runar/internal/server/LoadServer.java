package dev.runar.internal.server;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.InMemoryGate;
import dev.runar.internal.http.Health;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.StaticFiles;
import dev.runar.spi.Authorizer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

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
            gate, Authorizer.openToAll(), BrokerOptions.of(NodeConfig.DEFAULT.withServer(server)));
    NettyServer.start(server, NodeConfig.DEFAULT.limits(), broker, api(broker), transport);
    System.out.println("READY");
    Thread.currentThread().join();
  }

  static HttpApi api(Broker broker) {
    return new HttpApi(new AlwaysUp(), () -> topics(broker), StaticFiles.none());
  }

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
