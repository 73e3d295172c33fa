package dev.runar.bench.pusher;

import dev.runar.bench.pusher.PusherSocket.Tally;
import dev.runar.internal.protocol.pusher.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Connections to one server, all of one thread. */
final class Clients implements AutoCloseable {
  private static final Pattern SOCKET_ID = Pattern.compile("socket_id\\\\\":\\\\\"([0-9.]+)");

  private final InetSocketAddress server;
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20);

  Clients(InetSocketAddress server) throws IOException {
    this.server = server;
  }

  /** Reads what has come, or waits so long for something. */
  void poll(long millis) throws IOException {
    if (millis == 0) {
      selector.selectNow(this::ready);
    } else {
      selector.select(this::ready, millis);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isValid()) {
        ((Wire) key.attachment()).read(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client and the id that the server has given it. */
  record Connected(PusherSocket socket, String id) {
    void subscribe(String channel, @Nullable String data) {
      socket.send(subscription(channel, id, data));
    }

    void close() {
      socket.close();
    }
  }

  List<Connected> connected(int count, Tally tally) throws IOException {
    var connected = new ArrayList<Connected>();
    for (int i = 0; i < count; i++) {
      var socket = new PusherSocket(selector, server, tally);
      socket.listen(
          (from, text) -> {
            Matcher id = SOCKET_ID.matcher(text);
            if (id.find()) {
              connected.add(new Connected(from, id.group(1)));
            }
          });
      socket.connect();
      poll(0);
    }
    while (connected.size() < count) {
      poll(10);
    }
    return connected;
  }

  /** Nobody listens to them. */
  List<Connected> subscribed(String channel, int count, Tally tally) throws IOException {
    List<Connected> clients = connected(count, tally);
    int[] succeeded = {0};
    for (Connected client : clients) {
      client
          .socket()
          .listen(
              (from, text) -> {
                succeeded[0] += text.contains("subscription_succeeded") ? 1 : 0;
                from.listen(null);
              });
      client.subscribe(channel, null);
      client.socket().flush();
    }
    while (succeeded[0] < count) {
      poll(10);
    }
    return clients;
  }

  PusherTrigger trigger() throws IOException {
    var trigger = new PusherTrigger(selector, server);
    trigger.connect();
    return trigger;
  }

  /**
   * Signed, whatever the channel is.
   *
   * @param data of a member; null: not a presence channel
   */
  private static String subscription(String channel, String id, @Nullable String data) {
    String signature = Signature.sign("secret", Signature.ofSubscription(id, channel, data));
    return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",\"auth\":\"key:%s\"%s}}"
        .formatted(
            channel,
            signature,
            data == null ? "" : ",\"channel_data\":\"" + data.replace("\"", "\\\"") + "\"");
  }

  @Override
  public void close() throws IOException {
    selector.close();
  }
}
