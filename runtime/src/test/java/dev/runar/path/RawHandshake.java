package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.server.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A handshake whose answer is read byte by byte. */
final class RawHandshake implements AutoCloseable {
  private final Socket socket;
  private String head = "";

  RawHandshake(int port, String path) {
    try {
      socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(100_000);
      write(RawClient.handshake(path).getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  void sendText(String text) {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    byte[] frame = new byte[6 + body.length];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | body.length); // the mask is zero
    System.arraycopy(body, 0, frame, 6, body.length);
    try {
      write(frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAnswered() {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The code, and the text of a refusal, which ends the connection. */
  String status() {
    try {
      var read = new StringBuilder();
      while (read.indexOf("\r\n\r\n") < 0) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          return "ended: " + read;
        }
        read.append((char) next);
      }
      head = read.toString();
      String code = head.substring(9, 12);
      String body =
          code.equals("101")
              ? ""
              : new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return (code + " " + body).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The headers of the answer, after {@link #status}. */
  String head() {
    return head;
  }

  /** The next short message. */
  String text() {
    try {
      var in = socket.getInputStream();
      assertThat(in.read()).isEqualTo(0x81);
      int length = in.read();
      if (length == 126) {
        length = in.read() << 8 | in.read();
      }
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
