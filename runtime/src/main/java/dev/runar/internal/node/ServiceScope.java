package dev.runar.internal.node;

import dev.runar.SubscribeOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a service lives, and how the short names that its handlers use become full ones. Two are
 * equal if one may take the place of the other in a script that is loaded anew: their versions may
 * differ.
 *
 * @param networkId the network
 * @param servicePath the service's path; empty: handlers of no service
 * @param version of the service; empty: none
 * @param twin the version that tells it from another service of its path in the same script; empty
 *     for the first
 */
public record ServiceScope(String networkId, String servicePath, String version, String twin) {
  /** The version of a service that names none. */
  private static final String UNSAID = "0.0.0";

  public ServiceScope(String networkId, String servicePath) {
    this(networkId, servicePath, "", "");
  }

  /** {@code a} is the service's own, {@code s/a} is in its network, {@code n:s/a} stands as is. */
  public String resolve(String name) {
    return resolve(name, servicePath);
  }

  /** As {@link #resolve}, for a request: the service's own actions are those of its version. */
  public String resolveRequest(String name) {
    boolean hasVersion = !version.isEmpty() && !version.equals(UNSAID);
    return resolve(name, hasVersion ? servicePath + "@" + version : servicePath);
  }

  private String resolve(String name, String own) {
    if (name.indexOf(':') >= 0) {
      return name;
    }
    return networkId + ":" + (name.indexOf('/') >= 0 ? name : own + "/" + name);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ServiceScope scope
        && networkId.equals(scope.networkId)
        && servicePath.equals(scope.servicePath)
        && twin.equals(scope.twin);
  }

  @Override
  public int hashCode() {
    return Objects.hash(networkId, servicePath, twin);
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
