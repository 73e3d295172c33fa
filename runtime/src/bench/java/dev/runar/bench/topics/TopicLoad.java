package dev.runar.bench.topics;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Loads a node with packets of bytes on the topic {@code eeg} and prints what that costs it: {@code
 * fanout} the deliveries per second of its processor time, {@code slow} what five subscribers that
 * stop reading do to the others. One thread does it all, on a processor that the node does not use.
 *
 * <p>The node: {@code ./runar broker start --config runtime/src/bench/topics/runar.yaml}.
 */
public final class TopicLoad {
  private static final int PACKET = 1_024;
  private static final int SLOW = 5;
  private static final int QUICK = 20;
  private static final int RATE = 1_000;

  private final InetSocketAddress address;
  private final ProcessHandle server;
  private final Times times = new Times();

  private TopicLoad(int port, long pid) {
    this.address = new InetSocketAddress("127.0.0.1", port);
    this.server = ProcessHandle.of(pid).orElseThrow();
  }

  /**
   * Measures.
   *
   * @param arguments the node's port and process id, then any of {@code fanout slow}
   */
  public static void main(String... arguments) throws IOException {
    var load = new TopicLoad(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
    for (String what : Arrays.asList(arguments).subList(2, arguments.length)) {
      switch (what) {
        case "fanout" -> load.fanOuts();
        case "slow" -> load.slow();
        default -> throw new IllegalArgumentException("no such measurement: " + what);
      }
    }
  }

  private void fanOuts() throws IOException {
    run(100, 0, 10); // warms it
    for (int subscribers : new int[] {1, 10, 100, 1_000}) {
      long cpu = cpuNanos();
      long deliveries = run(subscribers, 0, 4);
      double seconds = (cpuNanos() - cpu) / 1e9;
      System.out.printf(
          "fan-out %,d B to %,d: %,.0f deliveries per CPU second, p99 %,d us%n",
          PACKET, subscribers, deliveries / seconds, times.percentile(0.99));
    }
  }

  private void slow() throws IOException {
    run(QUICK, RATE, 5); // warms it
    run(QUICK, RATE, 10);
    long without = times.percentile(0.99);
    List<PacketSocket> silent = subscribers(SLOW, 4_096);
    run(QUICK, RATE, 10); // until their buffers are full
    run(QUICK, RATE, 10);
    long with = times.percentile(0.99);
    System.out.printf(
        "p99 of %d subscribers at %,d/s: %,d us; beside %d that do not read: %,d us, %+d %%%n",
        QUICK, RATE, without, SLOW, with, (with - without) * 100 / Math.max(1, without));
    for (PacketSocket one : silent) {
      one.close();
    }
  }

  private List<PacketSocket> subscribers(int count, int receiveBuffer) throws IOException {
    var all = new ArrayList<PacketSocket>();
    for (int i = 0; i < count; i++) {
      all.add(PacketSocket.open(address, "/topics", "{\"subscribe\":\"eeg\"}", receiveBuffer));
    }
    return all;
  }

  /**
   * Publishes and reads.
   *
   * @param rate packets in a second; 0: as many as the node takes
   * @return the packets that came
   */
  private long run(int subscribers, int rate, int seconds) throws IOException {
    times.clear();
    List<PacketSocket> readers = subscribers(subscribers, 0);
    try (Selector selector = Selector.open();
        PacketSocket producer =
            PacketSocket.open(address, "/topics?bytes=framed", "{\"produce\":\"eeg\"}", 0)) {
      for (PacketSocket reader : readers) {
        reader.channel.configureBlocking(false);
        reader.channel.register(selector, SelectionKey.OP_READ, reader);
      }
      producer.channel.configureBlocking(false);
      return publish(selector, producer, rate, seconds);
    } finally {
      for (PacketSocket reader : readers) {
        reader.close();
      }
    }
  }

  private long publish(Selector selector, PacketSocket producer, int rate, int seconds)
      throws IOException {
    long begin = System.nanoTime();
    long end = begin + seconds * 1_000_000_000L;
    long published = 0;
    long received = 0;
    for (long now = begin; now < end; now = System.nanoTime()) {
      long due = rate == 0 ? Long.MAX_VALUE : (now - begin) * rate / 1_000_000_000L;
      for (int i = 0; i < 16 && published < due && producer.offer(packet()); i++) {
        published++;
      }
      int ready = rate == 0 ? selector.selectNow() : selector.select(1);
      if (ready > 0) {
        for (SelectionKey key : selector.selectedKeys()) {
          received += ((PacketSocket) key.attachment()).read(times);
        }
        selector.selectedKeys().clear();
      }
    }
    return received;
  }

  /** A publish under the number 1, which begins with the time. */
  private static ByteBuffer packet() {
    byte[] payload = new byte[2 + PACKET];
    payload[0] = 2;
    payload[1] = 1;
    ByteBuffer.wrap(payload).putLong(2, System.nanoTime());
    return PacketSocket.frame(0x82, payload);
  }

  private long cpuNanos() {
    return server.info().totalCpuDuration().orElseThrow().toNanos();
  }
}
