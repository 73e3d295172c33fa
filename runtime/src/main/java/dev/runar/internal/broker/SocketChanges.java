package dev.runar.internal.broker;

import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.node.SocketWatcher;
import java.util.List;
import java.util.function.Supplier;

/** Tells the sessions of every lane, on its thread, what becomes of their endpoints. Any thread. */
final class SocketChanges implements SocketWatcher {
  private final Supplier<List<Lane>> lanes;

  SocketChanges(Supplier<List<Lane>> lanes) {
    this.lanes = lanes;
  }

  /** Closes the sessions that talk to the endpoint. */
  @Override
  public void gone(SocketEndpoint endpoint) {
    for (Lane lane : lanes.get()) {
      lane.run(() -> lane.endpointGone(endpoint));
    }
  }

  @Override
  public void replaced(SocketEndpoint endpoint, SocketEndpoint successor) {
    for (Lane lane : lanes.get()) {
      lane.run(() -> lane.endpointReplaced(endpoint, successor));
    }
  }
}
