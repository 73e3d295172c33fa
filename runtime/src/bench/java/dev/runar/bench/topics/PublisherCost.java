package dev.runar.bench.topics;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.channels.TopicWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What a packet costs the thread that writes it, by the number of its subscribers: processor time
 * of that thread alone, as others deliver. One process; 1 KB, a thousand packets a second.
 */
public final class PublisherCost {
  private static final int PACKET = 1_024;
  private static final int PACKETS = 5_000;
  private static final long PAUSE_NANOS = 1_000_000;

  private PublisherCost() {}

  /** Measures three rounds; takes no arguments. */
  public static void main(String... arguments) throws IOException {
    NodeConfig config = NodeConfig.DEFAULT.withServer(NodeConfig.Server.DEFAULT.withPort(0));
    try (Node node = Node.builder().config(config).start()) {
      var address = new InetSocketAddress("127.0.0.1", node.urls().getFirst().getPort());
      TopicWriter writer = node.writer("eeg");
      var _ = nanosWith(address, writer, 100); // warms it
      for (int round = 0; round < 3; round++) {
        for (int subscribers : new int[] {1, 10, 100, 1_000}) {
          System.out.printf(
              "%,d subscribers: %,d ns of the publisher for each packet%n",
              subscribers, nanosWith(address, writer, subscribers));
        }
      }
    }
  }

  private static long nanosWith(InetSocketAddress address, TopicWriter writer, int subscribers)
      throws IOException {
    List<PacketSocket> readers = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < subscribers; i++) {
        PacketSocket reader = PacketSocket.open(address, "/topics", "{\"subscribe\":\"eeg\"}", 0);
        readers.add(reader);
        reader.channel.configureBlocking(false);
        reader.channel.register(selector, SelectionKey.OP_READ, reader);
      }
      Thread reading = Thread.ofPlatform().daemon(true).start(() -> read(selector));
      long nanos = publish(writer);
      reading.interrupt();
      return nanos;
    } finally {
      for (PacketSocket reader : readers) {
        reader.close();
      }
    }
  }

  private static void read(Selector selector) {
    var times = new Times();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          var _ = ((PacketSocket) key.attachment()).read(times);
        }
        selector.selectedKeys().clear();
      }
    } catch (ClosedSelectorException _) { // the round is over
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long publish(TopicWriter writer) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    byte[] packet = new byte[PACKET];
    long spent = 0;
    for (int i = 0; i < PACKETS; i++) {
      long before = threads.getCurrentThreadCpuTime();
      var _ = writer.offer(packet);
      spent += threads.getCurrentThreadCpuTime() - before;
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return spent / PACKETS;
  }
}
