package dev.runar.bench.pusher;

import dev.runar.bench.pusher.Clients.Connected;
import dev.runar.bench.pusher.FanOut.By;
import dev.runar.bench.pusher.FanOut.Load;
import dev.runar.bench.pusher.PusherSocket.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Loads a server of the Pusher protocol and prints what that costs it: deliveries per second of its
 * processor time, latencies, members that join at once, memory of idle clients.
 */
public final class PusherLoad {
  private static final int IDLE = 10_000;

  private final ServerProcess server;
  private final Clients clients;

  private PusherLoad(ServerProcess server, Clients clients) {
    this.server = server;
    this.clients = clients;
  }

  /**
   * Measures.
   *
   * @param arguments the server's port and process id, then any of {@code warm client http rate
   *     presence idle}
   */
  public static void main(String... arguments) throws IOException, InterruptedException {
    var server = ServerProcess.of(arguments[0], arguments[1]);
    try (var clients = new Clients(server.address())) {
      var load = new PusherLoad(server, clients);
      for (String what : Arrays.asList(arguments).subList(2, arguments.length)) {
        switch (what) {
          case "warm" -> load.warm();
          case "client" -> load.fanOuts(By.CLIENT);
          case "http" -> load.fanOuts(By.HTTP);
          case "rate" -> load.rates();
          case "presence" -> load.presence();
          case "idle" -> load.idle();
          default -> throw new IllegalArgumentException("no such measurement: " + what);
        }
      }
    }
  }

  private String fanOut(By by, int subscribers, int bytes, int rate, int seconds)
      throws IOException {
    var load = new Load(by, subscribers, bytes, rate, Duration.ofSeconds(seconds));
    return new FanOut(server, clients, load).measure();
  }

  private void warm() throws IOException {
    fanOut(By.CLIENT, 50, 128, 0, 4);
    fanOut(By.HTTP, 10, 128, 0, 12);
  }

  private void fanOuts(By by) throws IOException {
    for (int bytes : new int[] {128, 1_024}) {
      for (int subscribers : new int[] {1, 10, 100, 1_000}) {
        System.out.println(fanOut(by, subscribers, bytes, 0, 2));
      }
    }
  }

  private void rates() throws IOException {
    System.out.println(fanOut(By.HTTP, 1, 128, 1_000, 5));
    System.out.println(fanOut(By.HTTP, 100, 128, 100, 5));
  }

  /** The first four warm it. */
  private void presence() throws IOException {
    for (int members : new int[] {25, 50, 100, 200, 25, 50, 100, 200}) {
      System.out.println(new PresenceStorm(server, clients, members).measure());
    }
  }

  /** What a subscribed client that says nothing costs, after 5,000 that came and went. */
  private void idle() throws IOException, InterruptedException {
    for (int i = 0; i < 10; i++) {
      clients.subscribed("bench", 500, new Tally(0)).forEach(Connected::close);
      clients.poll(100);
    }
    Thread.sleep(1_000);
    long before = server.residentBytes();
    List<Connected> idle = clients.subscribed("bench", IDLE, new Tally(0));
    Thread.sleep(2_000);
    long after = server.residentBytes();
    System.out.printf(
        "idle %,d clients: %,d bytes each, %,d and %,d KiB in all%n",
        IDLE, (after - before) / IDLE, before / 1_024, after / 1_024);
    idle.forEach(Connected::close);
  }
}
