package dev.runar.internal.node;

/** Hears what becomes of raw WebSocket endpoints. Called on any thread; must be short. */
public interface SocketWatcher {
  /** The service of the endpoint was removed or has lost its script. */
  void gone(SocketEndpoint endpoint);

  /** Another endpoint has taken its place; what the old one is offered reaches the new one. */
  void replaced(SocketEndpoint endpoint, SocketEndpoint successor);
}
