package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.internal.protocol.ClientFrames;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A client that can be wrong: it writes whatever bytes a test wants. */
public final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;

  public RawClient(int port) throws IOException {
    this(port, 1 << 20);
  }

  public RawClient(int port, int receiveBuffer) throws IOException {
    socket = new Socket();
    socket.setReceiveBufferSize(receiveBuffer);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** Connected to a WebSocket path. */
  public static RawClient webSocket(int port, String path) throws IOException {
    return webSocket(new RawClient(port), path);
  }

  public static RawClient webSocket(RawClient client, String path) throws IOException {
    client.write(handshake(path).getBytes(ISO_8859_1));
    String head = client.head();
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException(head);
    }
    return client;
  }

  public static String handshake(String path) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }

  public void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  public void say(String text) throws IOException {
    write(ClientFrames.text(text));
  }

  /** The status line and headers of one response. */
  public String head() throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  /** Status and body of one response with a content length. */
  String response() throws IOException {
    String head = head();
    int at = head.indexOf("content-length: ") + 16;
    int length = Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
    return head.substring(9, 12) + " " + new String(in.readNBytes(length), UTF_8).strip();
  }

  /** The body of a response in chunks, to its end. */
  String chunks() throws IOException {
    var body = new StringBuilder();
    while (true) {
      var size = new StringBuilder();
      while (size.indexOf("\r\n") < 0) {
        size.append((char) in.readUnsignedByte());
      }
      byte[] chunk = in.readNBytes(Integer.parseInt(size.toString().strip(), 16));
      in.skipNBytes(2);
      if (chunk.length == 0) {
        return body.toString();
      }
      body.append(new String(chunk, UTF_8));
    }
  }

  /** The next message: text as it is, {@code close 1000 reason}, {@code ping}, {@code pong x}. */
  public String next() throws IOException {
    Frame frame = nextFrame();
    byte[] payload = frame.payload();
    return switch (frame.first()) {
      case 0x81 -> new String(payload, UTF_8);
      case 0x82 -> "binary " + payload.length;
      case 0x88 -> payload.length == 0 ? "close" : close(payload);
      case 0x89 -> "ping";
      case 0x8a -> "pong " + new String(payload, UTF_8);
      default -> "frame " + frame.first();
    };
  }

  /** The next message, which has to be binary. */
  public byte[] nextBytes() throws IOException {
    Frame frame = nextFrame();
    if (frame.first() != 0x82) {
      throw new IOException("no binary message: " + frame.first());
    }
    return frame.payload();
  }

  /** A frame of the node: its first byte, and what is in it. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Frame(int first, byte[] payload) {}

  /** The next frame, whatever it is. */
  public Frame nextFrame() throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = (int) in.readLong();
    }
    return new Frame(first, in.readNBytes(length));
  }

  private static String close(byte[] payload) {
    int code = (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    return "close " + code + " " + new String(payload, 2, payload.length - 2, UTF_8);
  }

  /** Everything up to the Close frame, which is the last. */
  public String lastOfAll() throws IOException {
    String message = next();
    while (!message.startsWith("close")) {
      message = next();
    }
    return message;
  }

  /** Reads what there is; whether the connection ended, in whatever way, and was not left open. */
  boolean ends() throws IOException {
    try {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Everything up to the end of the connection. */
  String rest() throws IOException {
    return new String(in.readAllBytes(), UTF_8);
  }

  /** The server has closed its half. */
  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
