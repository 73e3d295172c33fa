package dev.runar.bench.pusher;

import dev.runar.bench.pusher.PusherSocket.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What publishes on the channel of its kind. */
sealed interface Source extends AutoCloseable {
  /** False: it cannot now. */
  boolean publish(String data) throws IOException;

  /** Sends what was published. */
  void flush() throws IOException;

  @Override
  void close();

  /** One client that publishes to the others. */
  record ClientEvents(PusherSocket socket) implements Source {
    static final String CHANNEL = "private-bench";

    static ClientEvents of(Clients clients) throws IOException {
      return new ClientEvents(clients.subscribed(CHANNEL, 1, new Tally(0)).getFirst().socket());
    }

    @Override
    public boolean publish(String data) {
      socket.send(
          "{\"event\":\"client-bench\",\"channel\":\"" + CHANNEL + "\",\"data\":\"" + data + "\"}");
      return true;
    }

    @Override
    public void flush() throws IOException {
      socket.flush();
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** Servers of the app, each with one request on its way. */
  record Triggers(List<PusherTrigger> triggers) implements Source {
    static final String CHANNEL = "bench";
    private static final int COUNT = 8;

    static Triggers of(Clients clients) throws IOException {
      var triggers = new ArrayList<PusherTrigger>();
      for (int i = 0; i < COUNT; i++) {
        triggers.add(clients.trigger());
      }
      return new Triggers(triggers);
    }

    @Override
    public boolean publish(String data) throws IOException {
      for (PusherTrigger trigger : triggers) {
        if (trigger.isFree()) {
          trigger.trigger(CHANNEL, data);
          return true;
        }
      }
      return false;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      triggers.forEach(Wire::close);
    }
  }
}
