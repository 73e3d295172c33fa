package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Session;
import dev.runar.SocketHandler;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Connections to one URL path; each stays with one of several instances. Any thread. */
final class InstanceSockets implements SocketEndpoint {
  private final String url;
  private final InstancePlaces places;

  InstanceSockets(String url, InstancePlaces places) {
    this.url = url;
    this.places = places;
  }

  /** The next instance that is there; none: this, which takes nothing. */
  @Override
  public SocketEndpoint ofNewConnection() {
    int first = places.next();
    for (int i = 0; i < places.count(); i++) {
      ServiceDefinition instance = places.at((first + i) % places.count());
      if (instance != null) {
        return Objects.requireNonNull(instance.sockets().get(url));
      }
    }
    return this;
  }

  @Override
  public boolean includes(SocketEndpoint ofConnection) {
    for (int i = 0; i < places.count(); i++) {
      ServiceDefinition instance = places.at(i);
      if (instance != null && ofConnection.equals(instance.sockets().get(url))) {
        return true;
      }
    }
    return false;
  }

  /** Is asked only when no instance is there. */
  @Override
  public boolean asks() {
    return true;
  }

  @Override
  public CompletableFuture<Optional<Payload>> accept(SocketHandler.Request request) {
    return CompletableFuture.failedFuture(
        new RunarException(Code.NOT_RUNNING, "no instance of the service is running"));
  }

  @Override
  public Delivery open(Session session) {
    return Delivery.CLOSED; // a connection is with one of the instances
  }

  @Override
  public Delivery message(Session session, Payload message) {
    return Delivery.CLOSED;
  }

  @Override
  public Delivery close(Session session, int code, String reason) {
    return Delivery.CLOSED;
  }

  @Override
  public void whenWritable(int bytes, Runnable callback) {
    callback.run();
  }
}
