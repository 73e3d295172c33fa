package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.CloseCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SocketConversationTest {
  private final Simulation simulation = Simulation.of(1);
  private final RecordingEndpoint endpoint = new RecordingEndpoint();

  @Test
  void openMessagesAndCloseComeInOrder() {
    var client = connect();
    client.says("a", "b");
    simulation.on(0, () -> client.session.receiveBinary(new byte[] {9, 1, 2, 9}, 1, 2));
    simulation.on(0, () -> client.session.closedByPeer(1000, "bye"));
    assertThat(endpoint.seen).containsExactly("open", "a", "b", "2 bytes", "close 1000 bye");
  }

  @Test
  void aFullServiceStopsTheReadingAndLosesNothing() {
    var client = connect();
    endpoint.answer = Delivery.FULL;
    client.says("a", "b", "c");
    assertThat(client.connection.reading).isFalse();
    assertThat(endpoint.seen).containsExactly("open");
    endpoint.answer = Delivery.QUEUED;
    endpoint.becomeWritable();
    simulation.settle();
    assertThat(endpoint.seen).containsExactly("open", "a", "b", "c");
    assertThat(client.connection.reading).isTrue();
  }

  @Test
  void aServiceThatIsFullFromTheStartIsOpenedLater() {
    endpoint.answer = Delivery.FULL;
    var client = connect();
    client.says("a");
    simulation.on(0, () -> client.session.closedByPeer(CloseCode.LOST, "lost"));
    assertThat(endpoint.seen).isEmpty();
    endpoint.becomeWritable(); // but it is full again at once
    simulation.settle();
    endpoint.answer = Delivery.QUEUED;
    endpoint.becomeWritable();
    simulation.settle();
    assertThat(endpoint.seen).containsExactly("open", "a", "close 1006 lost");
  }

  @Test
  void aServiceThatIsGoneEndsTheSession() {
    var client = connect();
    endpoint.answer = Delivery.CLOSED;
    client.says("a", "b");
    assertThat(client.connection.closeCode).isEqualTo(CloseCode.TRY_AGAIN);
    assertThat(endpoint.seen).containsExactly("open");
    assertThat(simulation.broker.stats().snapshot().refusals())
        .containsEntry(Refusal.ENDPOINT_CLOSED, 1L);
  }

  @Test
  void aServiceThatIsRemovedEndsItsSilentSessionsAndIsToldOfIt() {
    var client = connect();
    var other = simulation.connect(0);
    simulation.gate.removeSocket("/p");
    simulation.settle();
    assertThat(client.connection.closeCode).isEqualTo(CloseCode.TRY_AGAIN);
    assertThat(other.session.isOpen()).isTrue();
    assertThat(endpoint.seen)
        .containsExactly("open", "close 1013 the service behind this path is gone; try again");
    assertThat(simulation.broker.stats().snapshot().refusals())
        .containsEntry(Refusal.ENDPOINT_CLOSED, 1L);
  }

  @Test
  void aServiceThatIsRemovedWhileAClientConnectsEndsTheSession() {
    var client = simulation.connect(0, new Broker.Route.Socket(endpoint));
    assertThat(client.connection.closeCode).isEqualTo(CloseCode.TRY_AGAIN);
  }

  private Simulation.Client connect() {
    simulation.gate.sockets.put("/p", endpoint);
    return simulation.connect(0, new Broker.Route.Socket(endpoint));
  }

  /** A service that answers as the test wants and keeps what it took. */
  private static final class RecordingEndpoint implements SocketEndpoint {
    private final List<String> seen = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private Delivery answer = Delivery.QUEUED;

    @Override
    public Delivery open(Session session) {
      return take("open");
    }

    @Override
    public Delivery message(Session session, Payload message) {
      return take(message.isDecoded() ? message.asString() : message.size() + " bytes");
    }

    @Override
    public Delivery close(Session session, int code, String reason) {
      return take("close " + code + " " + reason);
    }

    @Override
    public void whenWritable(int bytes, Runnable callback) {
      waiting.add(callback);
    }

    void becomeWritable() {
      List<Runnable> freed = List.copyOf(waiting);
      waiting.clear();
      freed.forEach(Runnable::run);
    }

    private Delivery take(String what) {
      if (answer == Delivery.QUEUED) {
        seen.add(what);
      }
      return answer;
    }
  }
}
