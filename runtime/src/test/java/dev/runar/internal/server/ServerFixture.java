package dev.runar.internal.server;

import dev.runar.NodeConfig;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerMemory;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.InMemoryGate;
import dev.runar.internal.broker.NobodyKnown;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.StaticFiles;
import dev.runar.internal.node.NodeGate;
import dev.runar.spi.Authorizer;
import java.io.IOException;
import java.util.function.Function;

/** How to start a server on a free port, with an in-memory node behind it. */
final class ServerFixture implements AutoCloseable {
  final InMemoryGate gate = new InMemoryGate();
  final Broker broker;
  final HttpApi api;
  final NettyServer server;

  ServerFixture(Transport transport) {
    this(transport, NodeConfig.DEFAULT, StaticFiles.none());
  }

  ServerFixture(Transport transport, NodeConfig config, StaticFiles files) {
    this(transport, config, files, gate -> DialectPaths.NONE);
  }

  ServerFixture(
      Transport transport,
      NodeConfig config,
      StaticFiles files,
      Function<NodeGate, DialectPaths> dialects) {
    NodeConfig open = config.withServer(config.server().withPort(0));
    DialectPaths paths = dialects.apply(gate);
    broker =
        new Broker(
            gate,
            Authorizer.openToAll(),
            NobodyKnown.clients(),
            BrokerOptions.of(open),
            paths,
            BrokerMemory.only(System::nanoTime));
    api = LoadServer.api(broker, gate, open, files);
    server = NettyServer.start(open.server(), open.limits(), broker, api, transport);
  }

  int port() {
    return server.port();
  }

  RawClient topics() throws IOException {
    return RawClient.webSocket(port(), "/topics");
  }

  @Override
  public void close() {
    server.close();
    broker.close();
  }
}
