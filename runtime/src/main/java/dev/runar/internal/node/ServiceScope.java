package dev.runar.internal.node;

import dev.runar.SubscribeOptions;

/**
 * Where a service lives, and how the short names that its handlers use become full ones.
 *
 * @param networkId the network
 * @param servicePath the service's path
 */
public record ServiceScope(String networkId, String servicePath) {
  /** {@code a} is the service's own, {@code s/a} is in its network, {@code n:s/a} stands as is. */
  public String resolve(String name) {
    if (name.indexOf(':') >= 0) {
      return name;
    }
    return networkId + ":" + (name.indexOf('/') >= 0 ? name : servicePath + "/" + name);
  }

  /** Whose handlers its handlers are, in lists. */
  public String owner() {
    return servicePath.isEmpty() ? "the program" : "service " + servicePath;
  }

  /** A dead-letter topic of one segment is the service's own, too. */
  public SubscribeOptions resolve(SubscribeOptions options) {
    String topic = options.deadLetter();
    return topic.isEmpty() || servicePath.isEmpty()
        ? options
        : options.withDeadLetter(resolve(topic));
  }
}
