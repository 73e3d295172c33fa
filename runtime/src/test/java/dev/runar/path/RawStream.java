package dev.runar.path;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;

/**
 * A client of the Centrifugal protocol over HTTP that takes from its socket only what it is asked
 * for, and keeps little: the rest is the business of the node.
 */
final class RawStream implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final boolean isEvents;
  private final ArrayDeque<String> messages = new ArrayDeque<>();
  private long bytes;
  private boolean isEnded;

  private RawStream(Socket socket, String request, boolean isEvents) throws IOException {
    this.socket = socket;
    this.isEvents = isEvents;
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(request.getBytes(UTF_8));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1_024));
    String status = line();
    if (!status.equals("HTTP/1.1 200 OK")) {
      throw new IOException(status);
    }
    String header = line();
    while (!header.isEmpty()) {
      header = line();
    }
  }

  /**
   * Begins a session.
   *
   * @param socket not connected
   * @param path {@code /connection/sse} or {@code /connection/http_stream}
   */
  static RawStream open(Socket socket, int port, String path, String commands) throws IOException {
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress("localhost", port));
    boolean isEvents = path.endsWith("/sse");
    String request =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, commands.getBytes(UTF_8).length, commands);
    return new RawStream(socket, request, isEvents);
  }

  /** The next message; empty at the end of the body. */
  String next() throws IOException {
    while (messages.isEmpty() && !isEnded) {
      readChunk();
    }
    return messages.isEmpty() ? "" : messages.remove();
  }

  /** Bytes of the body so far. */
  long bytes() {
    return bytes;
  }

  /** A chunk holds whole messages. */
  private void readChunk() throws IOException {
    byte[] chunk = in.readNBytes(Integer.parseInt(line(), 16));
    if (!line().isEmpty()) {
      throw new IOException("a chunk is longer than it says");
    }
    isEnded = chunk.length == 0;
    bytes += chunk.length;
    for (String line : new String(chunk, UTF_8).split("\n")) {
      if (!line.isEmpty()) {
        messages.add(isEvents ? line.substring("data: ".length()) : line);
      }
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the body was cut after " + bytes + " bytes");
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
