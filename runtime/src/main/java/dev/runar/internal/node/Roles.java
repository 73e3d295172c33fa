package dev.runar.internal.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parts of the node's own work that are done by services from outside, on paths kept for them:
 * who an HTTP client is, what apps there are, what the clients of an app may do. Any thread; a look
 * takes no lock and makes nothing.
 */
public final class Roles {
  /** Says who HTTP clients are. */
  public static final String HTTP = "$http";

  /** Says what apps there are. */
  public static final String APPS = "$apps";

  /** What the path of an app's hooks begins with; the app's id follows. */
  public static final String HOOKS = "$hooks-";

  private final String networkId;
  private final List<ServiceEntry> services = new ArrayList<>(); // guarded by this
  private volatile Map<String, Set<String>> actions = Map.of(); // by path; written under this

  Roles(String networkId) {
    this.networkId = networkId;
  }

  /** Whether a service from outside may have this path, though it begins with a dollar sign. */
  static boolean isOne(String servicePath) {
    return servicePath.equals(HTTP) || servicePath.equals(APPS) || servicePath.startsWith(HOOKS);
  }

  synchronized void add(ServiceEntry entry) {
    if (counts(entry)) {
      services.add(entry);
      rebuild();
    }
  }

  synchronized void remove(ServiceEntry entry) {
    if (services.remove(entry)) {
      rebuild();
    }
  }

  private boolean counts(ServiceEntry entry) {
    ServiceScope scope = entry.definition.scope();
    return scope.networkId().equals(networkId) && isOne(scope.servicePath());
  }

  private void rebuild() {
    var rebuilt = new HashMap<String, Set<String>>();
    for (ServiceEntry entry : services) {
      Set<String> names =
          rebuilt.computeIfAbsent(entry.definition.scope().servicePath(), path -> new HashSet<>());
      entry.definition.actions().forEach(action -> names.add(action.name()));
    }
    actions = rebuilt;
  }

  /** Whether there is a service on this path that has the action, in whatever state it is. */
  public boolean has(String servicePath, String action) {
    Set<String> names = actions.get(servicePath);
    return names != null && names.contains(action);
  }
}
