package dev.runar.bench.topics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A WebSocket client of {@code /topics}. For one thread. */
final class PacketSocket implements AutoCloseable {
  private static final int HEAD = 4;

  final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocateDirect(256 << 10);
  private ByteBuffer out = ByteBuffer.allocate(0);

  private PacketSocket(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connected and subscribed, or with a number to publish under, in blocking mode. */
  static PacketSocket open(InetSocketAddress server, String path, String first, int receiveBuffer)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    if (receiveBuffer > 0) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
    }
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(server);
    var socket = new PacketSocket(channel);
    String handshake =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    channel.write(ByteBuffer.wrap(handshake.getBytes(ISO_8859_1)));
    socket.awaitText("\r\n\r\n");
    channel.write(frame(0x81, first.getBytes(UTF_8)));
    socket.awaitText("}");
    return socket;
  }

  private void awaitText(String end) throws IOException {
    var text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      ByteBuffer part = ByteBuffer.allocate(1_024);
      if (channel.read(part) < 0) {
        throw new IOException("the server closed: " + text);
      }
      text.append(new String(part.array(), 0, part.position(), ISO_8859_1));
    }
  }

  /** A masked frame, with a mask of zeroes. */
  static ByteBuffer frame(int first, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 8);
    frame.put((byte) first);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    return frame.putInt(0).put(payload).flip();
  }

  /** The frame is to be sent next; false while the one before is not out. */
  boolean offer(ByteBuffer frame) throws IOException {
    if (out.hasRemaining()) {
      channel.write(out);
      if (out.hasRemaining()) {
        return false;
      }
    }
    out = frame;
    channel.write(out);
    return true;
  }

  /**
   * Reads what there is. Text, such as what tells of a gap, is passed over.
   *
   * @return the packets, whose first 8 bytes are handed to {@code times}
   */
  int read(Times times) throws IOException {
    if (channel.read(in) < 0) {
      throw new IOException("the server closed a subscriber");
    }
    int packets = 0;
    int at = 0;
    while (in.position() - at >= HEAD) {
      int length = in.get(at + 1);
      int head = length < 126 ? 2 : HEAD;
      if (length == 126) {
        length = in.getShort(at + 2) & 0xffff;
      }
      if (in.position() - at < head + length) {
        break;
      }
      if ((in.get(at) & 0xff) == 0x82) {
        times.add(in.getLong(at + head));
        packets++;
      }
      at += head + length;
    }
    in.limit(in.position()).position(at);
    in.compact();
    return packets;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
