package dev.runar.cli.control;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of UTF-8 text over one socket, each of a bounded length. One thread reads, any thread
 * writes or closes.
 */
final class LineChannel implements AutoCloseable {
  /** The longest line in either direction, in bytes, without its end. */
  static final int MAX_LINE_BYTES = 4 << 20;

  private final SocketChannel channel;
  private final Object writing = new Object();

  // Touched by the reading thread only.
  private final ByteBuffer received = ByteBuffer.allocate(8 << 10).flip();

  LineChannel(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * The next line; null at the end of the stream. Blocks.
   *
   * @throws RunarException {@code TOO_LARGE} or, for text that is not UTF-8, {@code PROTOCOL}
   */
  @Nullable String read() throws IOException {
    var line = new ByteArrayOutputStream();
    while (true) {
      while (received.hasRemaining()) {
        byte next = received.get();
        if (next == '\n') {
          return decode(line);
        }
        if (line.size() == MAX_LINE_BYTES) {
          throw tooLong("a line");
        }
        line.write(next);
      }
      received.clear();
      int count = channel.read(received);
      received.flip();
      if (count < 0) {
        return null;
      }
    }
  }

  /**
   * Writes one line. Blocks while the other side does not read.
   *
   * @throws RunarException {@code TOO_LARGE}; nothing was written then
   */
  void write(String text) throws IOException {
    byte[] bytes = (text + '\n').getBytes(StandardCharsets.UTF_8);
    if (bytes.length - 1 > MAX_LINE_BYTES) {
      throw tooLong("a message of " + bytes.length + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    synchronized (writing) {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static String decode(ByteArrayOutputStream line) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new RunarException(Code.PROTOCOL, "a line on the control socket is not UTF-8 text", e);
    }
  }

  private static RunarException tooLong(String what) {
    return new RunarException(
        Code.TOO_LARGE,
        what + " is too long for the control socket, which carries " + MAX_LINE_BYTES + " bytes");
  }
}
