package dev.runar.internal.script.web;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent on one WebSocket, in order and one at a time, as the JDK wants it. Any
 * thread.
 */
final class SocketOutbox {
  /** Bytes of one socket that may wait. */
  private static final int MAX_BYTES = 16 << 20;

  private static final int MAX_MESSAGES = 100_000;

  private final ByteBudget shared;
  private final ArrayDeque<Outgoing> waiting = new ArrayDeque<>(); // guarded by this
  private int waitingBytes; // guarded by this
  private boolean sending; // guarded by this
  private boolean closed; // guarded by this
  private @Nullable Link link; // guarded by this

  /** Where messages go, and who hears of them. */
  private record Link(WebSocket socket, Listener listener) {}

  /** Who hears what became of what waited. Any thread; must not block. */
  interface Listener {
    /** A message has been handed to the network. */
    void sent(int bytes);

    /** The close frame has been, after all messages. */
    void closeSent();

    /** Nothing can be sent any more. */
    void failed();
  }

  private sealed interface Outgoing {
    int bytes();
  }

  private record Text(String text, int bytes) implements Outgoing {}

  private record Binary(ByteBuffer data) implements Outgoing {
    @Override
    public int bytes() {
      return data.capacity();
    }
  }

  private record Close(int code, String reason) implements Outgoing {
    @Override
    public int bytes() {
      return 0;
    }
  }

  SocketOutbox(ByteBudget shared) {
    this.shared = shared;
  }

  /** From now on messages go to a socket that is open. */
  void open(WebSocket socket, Listener listener) {
    synchronized (this) {
      link = new Link(socket, listener);
    }
    pump();
  }

  /** False, and nothing happens, when too much waits. */
  boolean send(String text, int bytes) {
    return add(new Text(text, bytes));
  }

  /** As {@link #send(String, int)}; the bytes belong to the outbox. */
  boolean send(byte[] bytes) {
    return add(new Binary(ByteBuffer.wrap(bytes)));
  }

  private boolean add(Outgoing message) {
    synchronized (this) {
      if (closed) {
        return true; // what is sent after the end goes nowhere, as the standard has it
      }
      if (waiting.size() >= MAX_MESSAGES
          || (long) waitingBytes + message.bytes() > MAX_BYTES
          || !shared.take(message.bytes())) {
        return false;
      }
      waitingBytes += message.bytes();
      waiting.add(message);
    }
    pump();
    return true;
  }

  /** Sends the close frame after all that waits; nothing is taken after it. */
  void close(int code, String reason) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      waiting.add(new Close(code, reason));
    }
    pump();
  }

  /** Forgets what waits. */
  synchronized void clear() {
    closed = true;
    waiting.clear();
    shared.giveBack(waitingBytes);
    waitingBytes = 0;
  }

  private void pump() {
    for (; ; ) {
      Link to;
      Outgoing next;
      synchronized (this) {
        to = link;
        if (sending || to == null) {
          return;
        }
        next = waiting.poll();
        if (next == null) {
          return;
        }
        sending = true;
      }
      CompletableFuture<WebSocket> done = begin(to.socket, next);
      if (!done.isDone()) { // else around again: no recursion for what is sent at once
        var _ =
            done.whenComplete(
                (socket, error) -> {
                  end(to, next, error != null);
                  pump();
                });
        return;
      }
      end(to, next, done.isCompletedExceptionally());
    }
  }

  private static CompletableFuture<WebSocket> begin(WebSocket socket, Outgoing message) {
    return switch (message) {
      case Text(String text, int _) -> socket.sendText(text, true);
      case Binary(ByteBuffer data) -> socket.sendBinary(data, true);
      case Close(int code, String reason) -> socket.sendClose(code, reason);
    };
  }

  private void end(Link to, Outgoing message, boolean failed) {
    synchronized (this) {
      sending = false;
      int back = Math.min(message.bytes(), waitingBytes); // nothing, when it was cleared meanwhile
      waitingBytes -= back;
      shared.giveBack(back);
    }
    if (failed) {
      to.listener.failed();
    } else if (message instanceof Close) {
      to.listener.closeSent();
    } else {
      to.listener.sent(message.bytes());
    }
  }
}
