package dev.runar.internal.node;

/**
 * Where a service lives, and how the short names that its handlers use become full ones.
 *
 * @param networkId the network
 * @param servicePath the service's path
 */
public record ServiceScope(String networkId, String servicePath) {
  /** The service that a script adds to say who HTTP clients are. */
  public static final String HTTP = "$http";

  /** {@code a} is the service's own, {@code s/a} is in its network, {@code n:s/a} stands as is. */
  public String resolve(String name) {
    if (name.indexOf(':') >= 0) {
      return name;
    }
    return networkId + ":" + (name.indexOf('/') >= 0 ? name : servicePath + "/" + name);
  }

  /** Only the node itself may add a service here. */
  boolean isReserved() {
    return servicePath.startsWith("$") && !servicePath.equals(HTTP);
  }
}
