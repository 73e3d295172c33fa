package dev.runar.internal.node;

import dev.runar.Service.State;
import dev.runar.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One change of services for others. A service that was paused stays so in its new version. One
 * thread at a time.
 */
final class ServiceExchange {
  private final Holdings out;
  private final Holdings in;
  private final Registry registry;
  private final List<ServiceEntry> leaving = new ArrayList<>();
  private final List<ServiceEntry> coming = new ArrayList<>();

  ServiceExchange(Holdings out, Holdings in, Registry registry, NodeCore core) {
    this.out = out;
    this.in = in;
    this.registry = registry;
    for (ServiceDefinition service : in.services()) {
      ServiceEntry entry = new ServiceEntry(service, core);
      entry.startedMs = entry.registeredMs;
      coming.add(entry);
    }
  }

  /**
   * Refuses services that could never start.
   *
   * @throws dev.runar.RunarException as {@link Dependencies#check} does
   */
  void check(Dependencies dependencies) {
    var all = new ArrayList<ServiceEntry>(registry.all());
    all.removeIf(entry -> out.services().contains(entry.definition));
    all.addAll(coming);
    coming.forEach(entry -> dependencies.check(entry, all));
  }

  /**
   * Changes the registry, then every subscription at once.
   *
   * @param running whether services are started when they are added
   */
  void run(ServiceListeners listeners, boolean running) {
    leaving.addAll(
        registry.exchange(
            out.services(),
            coming,
            there -> takeState(running ? State.RUNNING : State.INITIALIZED, there)));
    var ending = new ArrayList<Subscription>(out.subscriptions());
    for (ServiceEntry entry : leaving) {
      synchronized (entry.subscriptions) {
        ending.addAll(entry.subscriptions);
        entry.subscriptions.clear();
      }
    }
    var beginning = new ArrayList<Subscription>(in.subscriptions());
    for (ServiceEntry entry : coming) {
      if (running) {
        beginning.addAll(listeners.prepare(entry));
      }
    }
    listeners.bus().exchange(ending, beginning);
  }

  private void takeState(State usual, List<ServiceEntry> there) {
    for (ServiceEntry entry : coming) {
      entry.state = usual;
      there.stream()
          .filter(old -> isLike(old, entry) && old.state == State.PAUSED)
          .forEach(old -> entry.state = State.PAUSED);
    }
  }

  /** Tells of each socket endpoint that has gone, and of the one at its path now, if any. */
  void tell(BiConsumer<SocketEndpoint, @Nullable SocketEndpoint> watcher) {
    Map<String, SocketEndpoint> now = new HashMap<>();
    coming.forEach(entry -> now.putAll(entry.definition.sockets()));
    for (ServiceEntry entry : leaving) {
      entry.definition.sockets().forEach((url, old) -> watcher.accept(old, now.get(url)));
    }
  }

  List<ServiceEntry> leaving() {
    return leaving;
  }

  List<ServiceEntry> coming() {
    return coming;
  }

  /** Those whose paths have no service any more. */
  List<ServiceEntry> removed() {
    return leaving.stream()
        .filter(old -> coming.stream().noneMatch(entry -> isLike(old, entry)))
        .toList();
  }

  /** Those whose paths had no service before. */
  List<ServiceEntry> added() {
    return coming.stream()
        .filter(entry -> leaving.stream().noneMatch(old -> isLike(old, entry)))
        .toList();
  }

  private static boolean isLike(ServiceEntry one, ServiceEntry other) {
    return one.definition.scope().equals(other.definition.scope());
  }
}
