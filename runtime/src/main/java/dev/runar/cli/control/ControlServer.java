package dev.runar.cli.control;

import dev.runar.Node;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Answers the commands of one user on behalf of one node. Any thread opens and closes it; each
 * connection has a virtual thread of its own, and one more waits for them.
 */
public final class ControlServer implements AutoCloseable {
  /** Further connections are answered with {@code OVERLOADED}. */
  static final int MAX_CONNECTIONS = 64;

  private static final Logger LOG = System.getLogger("runar.control");

  private final ServerSocketChannel listening;
  private final Path socket;
  private final NodeInfo info;
  private final Node node;
  private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
  private final Set<ControlConnection> connections = ConcurrentHashMap.newKeySet();

  private ControlServer(ServerSocketChannel listening, Path socket, NodeInfo info, Node node) {
    this.listening = listening;
    this.socket = socket;
    this.info = info;
    this.node = node;
  }

  /**
   * Opens {@code <folder>/<name>.sock}.
   *
   * @throws RunarException {@code CONFIG} when the name is taken, {@code PERMISSION_DENIED} when
   *     the folder cannot be used
   */
  public static ControlServer open(ControlFolder folder, NodeInfo info, Node node) {
    folder.prepare();
    folder.checkFree(info.name());
    Path unnamed = folder.path().resolve("." + ProcessHandle.current().pid() + "-" + info.name());
    try {
      Files.deleteIfExists(unnamed);
      var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        listening.bind(UnixDomainSocketAddress.of(unnamed), MAX_CONNECTIONS);
        var server = new ControlServer(listening, folder.publish(unnamed, info.name()), info, node);
        // Not a virtual one: whose poller would be a thread in native code that nobody can end, and
        // for which the end of a Java machine waits 300 ms.
        Thread.ofPlatform().daemon().name("runar-control").start(server::accept);
        return server;
      } catch (IOException | RunarException e) {
        listening.close();
        throw e;
      }
    } catch (IOException e) {
      throw new RunarException(
          Code.PERMISSION_DENIED, "cannot open a socket in " + folder.path(), e);
    }
  }

  /** The socket's file. */
  public Path socket() {
    return socket;
  }

  /** How many commands are connected. */
  public int connections() {
    return connections.size();
  }

  /** Ends every connection and removes the socket. Repeatable. */
  @Override
  public void close() {
    try {
      if (listening.isOpen()) {
        Files.deleteIfExists(socket);
        listening.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "control socket={0} closed=false reason={1}", socket, e.getMessage());
    }
    connections.forEach(ControlConnection::close);
  }

  private void accept() {
    while (listening.isOpen()) {
      try {
        serve(listening.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.log(
            Level.WARNING, "control socket={0} accepted=false reason={1}", socket, e.getMessage());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100)); // such as: no file left to open
      }
    }
  }

  private void serve(SocketChannel channel) {
    var connection = new ControlConnection(new LineChannel(channel), info, node);
    if (!free.tryAcquire()) {
      connection.refuse(
          new RunarException(
              Code.OVERLOADED, "the control socket serves " + MAX_CONNECTIONS + " at a time"));
      return;
    }
    connections.add(connection);
    Thread.ofVirtual()
        .name("runar-control")
        .start(
            () -> {
              try {
                connection.serve();
              } finally {
                connections.remove(connection);
                free.release();
              }
            });
    if (!listening.isOpen()) {
      connection.close();
    }
  }
}
