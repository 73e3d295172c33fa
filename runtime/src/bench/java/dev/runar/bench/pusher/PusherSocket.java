package dev.runar.bench.pusher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client of a Pusher server. It counts what it is told, and reads it while somebody listens. */
final class PusherSocket extends Wire {
  /** What all clients of a measurement were told together. */
  static final class Tally {
    private final int least;
    private long messages;
    private long bytes;

    /**
     * Counts nothing yet.
     *
     * @param least bytes of a message that counts
     */
    Tally(int least) {
      this.least = least;
    }

    long messages() {
      return messages;
    }

    /** With all that is not counted as a message. */
    long bytes() {
      return bytes;
    }
  }

  /** Hears every message of a client. */
  interface Listener {
    void hear(PusherSocket socket, String text) throws IOException;
  }

  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final String HANDSHAKE =
      """
      GET /app/key?protocol=7&client=bench&version=1 HTTP/1.1\r
      Host: bench\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      \r
      """;

  private final ByteArrayOutputStream text = new ByteArrayOutputStream(64);
  private final byte[] head = new byte[10];
  private final Tally tally;
  private @Nullable Listener listener;
  private int endOfHandshake;
  private int headSize;
  private long length;
  private long left;

  PusherSocket(Selector selector, InetSocketAddress server, Tally tally) {
    super(selector, server);
    this.tally = tally;
  }

  @Override
  void connected() throws IOException {
    say(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
    flush();
  }

  @Override
  void closed() {
    throw new IllegalStateException("the server has closed a client");
  }

  /** Whoever hears from now on; null: messages are counted only. */
  void listen(@Nullable Listener newListener) {
    listener = newListener;
  }

  /** A text frame, with the mask that changes nothing. */
  void send(String message) {
    byte[] payload = message.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(8 + payload.length).put((byte) 0x81);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    frame.putInt(0).put(payload).flip();
    byte[] all = new byte[frame.remaining()];
    frame.get(all);
    say(all);
  }

  @Override
  void take(ByteBuffer in) throws IOException {
    tally.bytes += in.remaining();
    while (in.hasRemaining() && endOfHandshake < 4) { // its end is CR LF CR LF
      boolean isNext = in.get() == (endOfHandshake % 2 == 0 ? '\r' : '\n');
      endOfHandshake = isNext ? endOfHandshake + 1 : 0;
    }
    while (in.hasRemaining()) {
      if (left == 0) {
        takeHead(in.get());
      } else {
        takePayload(in, (int) Math.min(left, in.remaining()));
      }
    }
  }

  private void takeHead(byte next) throws IOException {
    head[headSize++] = next;
    int brief = headSize < 2 ? 0 : head[1] & 0x7f;
    int wanted = brief < 126 ? 2 : brief == 126 ? 4 : 10;
    if (headSize == wanted) {
      ByteBuffer whole = ByteBuffer.wrap(head);
      length = wanted == 2 ? brief : wanted == 4 ? whole.getShort(2) & 0xffff : whole.getLong(2);
      left = length;
      if (left == 0) {
        end();
      }
    }
  }

  private void takePayload(ByteBuffer in, int count) throws IOException {
    if (listener != null) {
      text.write(in.array(), in.arrayOffset() + in.position(), count);
    }
    in.position(in.position() + count);
    left -= count;
    if (left == 0) {
      end();
    }
  }

  private void end() throws IOException {
    headSize = 0;
    int kind = head[0] & 0x0f;
    if (kind == CLOSE) {
      throw new IllegalStateException("the server closes a client: " + text);
    }
    if (kind == TEXT) {
      tally.messages += length < tally.least ? 0 : 1;
      Listener now = listener;
      if (now != null) {
        now.hear(this, text.toString(StandardCharsets.UTF_8));
      }
    }
    text.reset();
  }
}
