package dev.runar.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What a client that sends nothing but bad frames costs another one: the time from {@code
 * pusher:ping} to {@code pusher:pong} of a client, with nobody else there and beside one that
 * floods, in turns. The flood is as fast as the node takes it; when it is closed it comes again at
 * once. Prints a line for each turn, and the median of each kind.
 *
 * <p>Arguments: the port and the key of an app of a node that runs elsewhere, best on a core of its
 * own.
 */
public final class BadFrameFlood {
  private static final int TURNS = 5;
  private static final long TURN_NANOS = 5_000_000_000L;
  private static final long PAUSE_NANOS = 1_000_000;
  private static final int BLOCK = 64 << 10;

  private final int port;
  private final String key;
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private volatile boolean floods;

  private BadFrameFlood(int port, String key) {
    this.port = port;
    this.key = key;
  }

  /** The port and the key. */
  public static void main(String... args) throws IOException, InterruptedException {
    new BadFrameFlood(Integer.parseInt(args[0]), args[1]).run();
  }

  /** The times of one turn in µs. */
  private record Times(double p50, double p99) {}

  private void run() throws IOException, InterruptedException {
    try (var client = new Client()) {
      turn(client); // warms up
      var quiet = new Times[TURNS];
      var flooded = new Times[TURNS];
      for (int i = 0; i < TURNS; i++) {
        quiet[i] = turn(client);
        print("quiet  ", quiet[i]);
        floods = true;
        Thread flood = Thread.ofPlatform().start(this::flood);
        flooded[i] = turn(client);
        floods = false;
        flood.join();
        print("flooded", flooded[i]);
      }
      double before = median(quiet);
      double beside = median(flooded);
      System.out.printf(
          "median p99: quiet %.0f µs, flooded %.0f µs: %+.0f %%; %,d bad frames on %,d"
              + " connections%n",
          before, beside, (beside / before - 1) * 100, frames.get(), connections.get());
    }
  }

  private static void print(String what, Times times) {
    System.out.printf("%s p50 %.0f µs, p99 %.0f µs%n", what, times.p50(), times.p99());
  }

  private static double median(Times[] turns) {
    double[] sorted = Arrays.stream(turns).mapToDouble(Times::p99).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static Times turn(Client client) throws IOException {
    var nanos = new long[(int) (TURN_NANOS / PAUSE_NANOS)];
    int count = 0;
    long end = System.nanoTime() + TURN_NANOS;
    while (System.nanoTime() < end && count < nanos.length) {
      long begun = System.nanoTime();
      client.ping();
      nanos[count++] = System.nanoTime() - begun;
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    Arrays.sort(nanos, 0, count);
    return new Times(nanos[count / 2] / 1e3, nanos[(int) (count * 0.99)] / 1e3);
  }

  private void flood() {
    byte[] frame = frame("{");
    var block = new byte[BLOCK / frame.length * frame.length];
    for (int at = 0; at < block.length; at += frame.length) {
      System.arraycopy(frame, 0, block, at, frame.length);
    }
    while (floods) {
      try (var client = new Client()) {
        connections.incrementAndGet();
        Thread.ofVirtual().start(client::discard);
        while (floods) {
          client.out.write(block);
          frames.addAndGet(block.length / frame.length);
        }
      } catch (IOException e) {
        // closed: it comes again
      }
    }
  }

  /** A text frame with a mask of zeros. */
  private static byte[] frame(String text) {
    byte[] utf8 = text.getBytes(US_ASCII);
    var frame = new byte[6 + utf8.length];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | utf8.length);
    System.arraycopy(utf8, 0, frame, 6, utf8.length);
    return frame;
  }

  /** A connection that has been established. */
  private final class Client implements AutoCloseable {
    private static final byte[] PING = frame("{\"event\":\"pusher:ping\",\"data\":{}}");

    private final Socket socket;
    private final DataInputStream in;
    final OutputStream out;

    Client() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      out = socket.getOutputStream();
      String request =
          "GET /app/%s?protocol=7 HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Connection: Upgrade\r\n"
              + "Upgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      out.write(request.formatted(key).getBytes(US_ASCII));
      int ends = 0; // of lines, one after the other
      while (ends < 4) {
        int next = in.readByte();
        ends = next == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
      }
      String established = read();
      if (!established.contains("connection_established")) {
        throw new IOException("not taken: " + established);
      }
    }

    void ping() throws IOException {
      out.write(PING);
      String answer = read();
      if (!answer.contains("pusher:pong")) {
        throw new IOException("not a pong: " + answer);
      }
    }

    private String read() throws IOException {
      in.readByte();
      int length = in.readByte();
      var payload = new byte[length == 126 ? in.readUnsignedShort() : length];
      in.readFully(payload);
      return new String(payload, US_ASCII);
    }

    void discard() {
      try {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        // it is over
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
