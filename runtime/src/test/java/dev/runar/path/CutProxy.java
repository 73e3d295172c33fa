package dev.runar.path;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A line to a node that a test cuts and mends. Any thread. */
final class CutProxy implements AutoCloseable {
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** Where connections go; 0: nowhere, each is closed at once. */
  private volatile int target;

  CutProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("cut-proxy").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Ends every connection without a word, and each new one. */
  void cut() {
    target = 0;
    open.forEach(CutProxy::end);
  }

  /** Lets connections through to a port from now on. */
  void mend(int newTarget) {
    target = newTarget;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    int port = target;
    try (client) {
      if (port != 0) {
        try (Socket node = new Socket(InetAddress.getLoopbackAddress(), port)) {
          open.add(node);
          if (port != target) {
            return; // it was cut meanwhile
          }
          Thread.ofVirtual().start(() -> pass(node, client));
          pass(client, node);
        }
      }
    } catch (IOException ended) {
      end(client); // the node is not there
    } finally {
      open.remove(client);
    }
  }

  private void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException ended) {
      end(from);
    } finally {
      end(to);
      open.remove(from);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
