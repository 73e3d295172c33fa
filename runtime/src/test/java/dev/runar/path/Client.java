package dev.runar.path;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One WebSocket client on a real socket; keeps what it receives. */
final class Client implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  /** The close code and reason, as {@code "1000 bye"}; 1006 for a lost connection. */
  final CompletableFuture<String> closed = new CompletableFuture<>();

  private final WebSocket socket;

  private Client(URI uri) {
    this.socket = HTTP.newWebSocketBuilder().buildAsync(uri, new Listener()).join();
  }

  static Client connect(URI uri) {
    return new Client(uri);
  }

  /** Sends a text message; returns when it is on its way. */
  Client send(String text) {
    socket.sendText(text, true).join();
    return this;
  }

  Client send(byte[] bytes) {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    return this;
  }

  /** The next message; a binary one as {@code "bytes:1,2,3"}. */
  String next() {
    try {
      String message = received.poll(10, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message within 10 seconds");
      }
      return message;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  String closed() {
    return closed.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** Closes with a handshake and waits for the answer. */
  void close(int code, String reason) {
    socket.sendClose(code, reason).join();
    var _ = closed();
  }

  @Override
  public void close() {
    socket.abort();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        received.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      var numbers = new StringBuilder("bytes:");
      for (byte b : bytes) {
        numbers.append(numbers.length() > 6 ? "," : "").append(b & 0xff);
      }
      received.add(numbers.toString());
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete((code + " " + reason).strip());
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.complete("1006 " + error);
    }
  }
}
