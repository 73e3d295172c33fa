package dev.runar.internal.boot;

import dev.runar.apps.AppStore;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.NodeGate;
import dev.runar.spi.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The dialects beside {@code /topics}. Any thread.
 *
 * @param apps empty: there are none, and the Pusher dialect is not spoken
 */
record Dialects(DialectPaths paths, Optional<Apps> apps, Delays delays) implements AutoCloseable {

  static Dialects of(Optional<AppStore> store, NodeGate gate, Clock clock) {
    Delays delays = Delays.system();
    Optional<Apps> apps = store.map(known -> new Apps(known, clock, delays));
    DialectPaths paths =
        apps.<DialectPaths>map(known -> new PusherPaths(known, gate, "")).orElse(DialectPaths.NONE);
    return new Dialects(paths, apps, delays);
  }

  /** What is counted. */
  Optional<Map<String, ?>> status() {
    return apps.map(Dialects::status);
  }

  private static Map<String, ?> status(Apps apps) {
    var status = new LinkedHashMap<String, Object>();
    status.put("apps", apps.size());
    status.put("clientEvents", apps.stats().clientEvents());
    status.put("cachedEvents", apps.cache().size());
    status.put("cachedEventsEvicted", apps.cache().evicted());
    status.put("storeFailures", apps.stats().storeFailures());
    status.put("refusals", apps.stats().refusals());
    return status;
  }

  @Override
  public void close() {
    delays.close();
  }
}
