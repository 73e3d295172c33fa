package dev.runar.bench.pusher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** A connection of a load generator: what it says goes out with the next flush. One thread. */
abstract class Wire {
  private final Selector selector;
  private final InetSocketAddress server;
  private SocketChannel channel;
  private byte[] out = new byte[1_024];
  private int size;

  Wire(Selector selector, InetSocketAddress server) {
    this.selector = selector;
    this.server = server;
  }

  final void connect() throws IOException {
    channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, this);
    size = 0;
    connected();
  }

  /** The time to say hello. */
  abstract void connected() throws IOException;

  /** Takes all there is. */
  abstract void take(ByteBuffer in) throws IOException;

  /** The server has closed the connection. */
  abstract void closed() throws IOException;

  final void say(byte[] bytes) {
    if (size + bytes.length > out.length) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, size + bytes.length));
    }
    System.arraycopy(bytes, 0, out, size, bytes.length);
    size += bytes.length;
  }

  /** Blocks while the server does not read, which then bounds the load. */
  final void flush() throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(out, 0, size);
    while (rest.hasRemaining()) {
      if (channel.write(rest) == 0) {
        Thread.onSpinWait();
      }
    }
    size = 0;
  }

  /** Reads what came. */
  final void read(ByteBuffer buffer) throws IOException {
    int count;
    do {
      buffer.clear();
      count = channel.read(buffer);
      if (count > 0) {
        take(buffer.flip());
      }
    } while (count == buffer.capacity());
    if (count < 0) {
      close();
      closed();
    }
  }

  final void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
