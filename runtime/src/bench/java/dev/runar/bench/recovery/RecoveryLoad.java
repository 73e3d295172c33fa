package dev.runar.bench.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients that come back to a node after a restart, each with 100 missed messages: how many
 * recover, whether anything is missing, and how long it takes. A virtual thread for each client.
 *
 * <p>The node: {@code ./runar broker start --config runtime/src/bench/recovery/runar.yaml}; it is
 * stopped and started again by hand when the load says so, and goes on at a line on the input.
 */
public final class RecoveryLoad {
  private static final int MISSED = 100;
  private static final int BODY = 100;
  private static final Pattern SUBSCRIBED =
      Pattern.compile("\\{\"subscribed\":.*\"offset\":(\\d+),\"epoch\":\"([^\"]+)\".*");
  private static final Pattern OFFSET = Pattern.compile("\"offset\":(\\d+)}$");

  private final int port;
  private final int channels;
  private final List<Person> people = new ArrayList<>();
  private final LongAdder recovered = new LongAdder();
  private final LongAdder notRecovered = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder messages = new LongAdder();

  /** A client over both of its connections. */
  private static final class Person {
    final String topic;
    long offset;
    String epoch = "";
    long nanos;

    Person(String topic) {
      this.topic = topic;
    }
  }

  /** One connection. */
  private static final class Wire implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    Wire(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 2_048));
      write(
          ("GET /topics HTTP/1.1\r\n"
                  + "Host: a\r\n"
                  + "Upgrade: websocket\r\n"
                  + "Connection: Upgrade\r\n"
                  + "Sec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n")
              .getBytes(UTF_8));
      int matched = 0;
      while (matched < 4) { // up to the empty line
        matched = in.readUnsignedByte() == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
      }
    }

    private void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    void say(String text) throws IOException {
      byte[] bytes = text.getBytes(UTF_8);
      var frame = ByteBuffer.allocate(bytes.length + 8);
      frame.put((byte) 0x81);
      if (bytes.length < 126) {
        frame.put((byte) (0x80 | bytes.length));
      } else {
        frame.put((byte) (0x80 | 126)).putShort((short) bytes.length);
      }
      frame.putInt(0).put(bytes); // a mask of zeros
      write(Arrays.copyOf(frame.array(), frame.position()));
    }

    String next() throws IOException {
      int kind = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = (int) in.readLong();
      }
      byte[] body = in.readNBytes(length);
      if (kind != 0x81) {
        throw new IOException("a frame that is no text: " + kind);
      }
      return new String(body, UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private RecoveryLoad(int port, int clients, int channels) {
    this.port = port;
    this.channels = channels;
    for (int i = 0; i < clients; i++) {
      people.add(new Person("chat/" + i % channels));
    }
  }

  /**
   * Measures.
   *
   * @param arguments the node's port, the clients, the channels that they share, and the
   *     milliseconds over which they come back
   */
  public static void main(String... arguments) throws Exception {
    int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    var load = new RecoveryLoad(numbers[0], numbers[1], numbers[2]);
    load.all(numbers[3], load::meet);
    System.out.printf("%,d clients have subscribed%n", load.people.size());
    load.publish();
    System.out.printf("%,d messages on each of %,d channels%n", MISSED, load.channels);
    System.out.println("RESTART");
    var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    if (in.readLine() == null) {
      throw new IOException("nobody says that the node has been started again");
    }
    long begin = System.nanoTime();
    load.all(numbers[3], load::comeBack);
    long ms = (System.nanoTime() - begin) / 1_000_000;
    long[] times =
        load.people.stream().mapToLong(person -> person.nanos / 1_000).sorted().toArray();
    System.out.printf(
        "%,d recovered, %,d not, %,d wrong, %,d messages in %,d ms;"
            + " from connecting to the last message p50 %,d us, p99 %,d us, most %,d us%n",
        load.recovered.sum(),
        load.notRecovered.sum(),
        load.wrong.sum(),
        load.messages.sum(),
        ms,
        times[times.length / 2],
        times[times.length * 99 / 100],
        times[times.length - 1]);
  }

  private interface Visit {
    void of(Person person) throws IOException;
  }

  private void all(int spreadMs, Visit visit) throws InterruptedException {
    var left = new CountDownLatch(people.size());
    for (Person person : people) {
      var _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      Thread.sleep(ThreadLocalRandom.current().nextInt(spreadMs + 1));
                      visit.of(person);
                    } catch (IOException | InterruptedException | RuntimeException e) {
                      wrong.increment();
                      System.err.println(e);
                    } finally {
                      left.countDown();
                    }
                  });
    }
    left.await();
  }

  private void meet(Person person) throws IOException {
    try (var wire = new Wire(port)) {
      wire.say("{\"subscribe\":\"" + person.topic + "\"}");
      read(person, wire.next());
    }
  }

  private static void read(Person person, String frame) {
    Matcher subscribed = SUBSCRIBED.matcher(frame);
    if (!subscribed.matches()) {
      throw new IllegalStateException("no answer to a subscription: " + frame);
    }
    person.offset = Long.parseLong(subscribed.group(1));
    person.epoch = subscribed.group(2);
  }

  private void publish() throws IOException {
    String body = "x".repeat(BODY);
    try (var wire = new Wire(port)) {
      for (int i = 0; i < channels; i++) {
        for (int n = 0; n < MISSED; n++) {
          wire.say("{\"publish\":\"chat/" + i + "\",\"data\":\"" + body + "\",\"id\":1}");
        }
        for (int n = 0; n < MISSED; n++) {
          String _ = wire.next();
        }
      }
    }
  }

  private void comeBack(Person person) throws IOException {
    long begin = System.nanoTime();
    long seen = person.offset;
    try (var wire = new Wire(port)) {
      wire.say(
          "{\"subscribe\":\"%s\",\"since\":{\"offset\":%d,\"epoch\":\"%s\"}}"
              .formatted(person.topic, seen, person.epoch));
      String first = wire.next();
      if (!first.contains("\"recovered\":true")) {
        notRecovered.increment();
        return;
      }
      read(person, first);
      for (long offset = seen + 1; offset <= person.offset; offset++) {
        Matcher found = OFFSET.matcher(wire.next());
        if (!found.find() || Long.parseLong(found.group(1)) != offset) {
          wrong.increment();
          return;
        }
        messages.increment();
      }
      if (person.offset - seen == MISSED) {
        recovered.increment();
      } else {
        wrong.increment();
      }
      person.nanos = System.nanoTime() - begin;
    }
  }
}
