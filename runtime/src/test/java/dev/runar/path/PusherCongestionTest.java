package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.spi.Authorizer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that publishes while an event loop has more to deliver than it can. */
@Timeout(60)
class PusherCongestionTest {
  /** Of a mebibyte each: more than half of the 64 MiB that may wait for a lane. */
  private static final int EVENTS = 40;

  /** As many as there are event loops. */
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final CountDownLatch trapped = new CountDownLatch(1);
  private final CountDownLatch free = new CountDownLatch(1);
  private final List<Client> clients = new ArrayList<>();

  /** Holds up the event loop of whoever subscribes to {@code trap}. */
  private final Authorizer trap =
      (session, verb, path) -> {
        if (path.equals("trap")) {
          trapped.countDown();
          try {
            free.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
        return Authorizer.Decision.ALLOWED;
      };

  private final Node node =
      Node.builder()
          .config(ScriptNode.CONFIG)
          .apps(PusherNode.store(PusherNode.APP))
          .authorizer(trap)
          .start();

  @AfterEach
  void stop() {
    free.countDown();
    clients.forEach(Client::close);
    node.close();
  }

  private Client connect(String pathAndQuery) {
    int port = node.urls().get(0).getPort();
    Client client = Client.connect(URI.create("ws://127.0.0.1:" + port + pathAndQuery));
    clients.add(client);
    return client;
  }

  /** By connections of its own, until one is with an event loop that answers. */
  private HttpResponse<String> publish(String channel) throws Exception {
    PusherServer server = new PusherServer(node.urls().get(0), PusherNode.APP);
    String body = "{\"name\":\"said\",\"channel\":\"" + channel + "\",\"data\":\"x\"}";
    for (int i = 0; i < 10; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("events", body))
              .timeout(Duration.ofSeconds(2))
              .POST(BodyPublishers.ofString(body))
              .build();
      try (HttpClient http = HttpClient.newHttpClient()) {
        return http.send(request, BodyHandlers.ofString());
      } catch (HttpTimeoutException e) {
        assertThat(i).isLessThan(9);
      }
    }
    throw new AssertionError("no event loop answers");
  }

  @Test
  void anEventThatMayBeLostIsRefusedWith503AndNoOther() throws Exception {
    Assumptions.assumeTrue(PROCESSORS > 1, "an event loop is held up, another one answers");
    for (int i = 0; i < Math.max(4, 2 * PROCESSORS); i++) { // some on each event loop
      Client subscriber = connect("/app/key" + PusherNode.QUERY);
      subscriber.next();
      subscriber.send(PusherNode.Connected.subscribing("room", "")).next();
    }
    connect("/topics").send("{\"subscribe\":\"trap\"}");
    trapped.await();
    Payload large = Payload.object("event", "large", "data", "x".repeat(1 << 20));
    for (int i = 0; i < EVENTS; i++) {
      var _ = node.publish("$app/app/room", large).join();
    }
    HttpResponse<String> refused = publish("room");
    assertThat(refused.statusCode() + " " + refused.body())
        .isEqualTo(
            "503 {\"error\":\"more is published than can be delivered; none of it was published,"
                + " try again later\"}");
    assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
    assertThat(publish("quiet").statusCode()).as("nobody there misses it").isEqualTo(200);
    free.countDown();
    await().until(() -> publish("room").statusCode() == 200);
  }
}
