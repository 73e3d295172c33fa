package dev.runar.path;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Service;
import dev.runar.Session;
import dev.runar.SocketHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A node in a process of its own, whose service at {@code /live} lets nobody in before its input
 * says {@code release}. It prints its port; for a line {@code asked} how often the service was
 * asked, and for {@code release} that it is done; its end is that of its input.
 */
final class WaitingRoomProcess {
  private WaitingRoomProcess() {}

  /** Without arguments. */
  public static void main(String... args) throws IOException {
    var asked = new AtomicInteger();
    var release = new CountDownLatch(1);
    var handler =
        new SocketHandler() {
          @Override
          public @Nullable Payload accept(Request request) throws InterruptedException {
            asked.incrementAndGet();
            release.await();
            return null;
          }

          @Override
          public void message(Session session, Payload message) {}
        };
    NodeConfig config =
        NodeConfig.DEFAULT.withServer(
            NodeConfig.Server.DEFAULT.withPort(0).withHandshakeTimeout(Duration.ofMinutes(5)));
    try (Node node = Node.builder().config(config).start();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      node.addService(Service.at("live").socket("/live", handler).build()).join();
      System.out.println(node.urls().getFirst().getPort());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("release")) {
          release.countDown();
        }
        System.out.println(asked);
      }
      release.countDown();
    }
  }
}
