package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import dev.runar.internal.topic.RequestPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which services wait for which: {@code dependsOn}. A dependency counts when its service is
 * started; one that stops, pauses or goes away later stops nobody. Any thread.
 */
final class Dependencies {
  private final Registry registry;
  private final Duration patience;

  /** Bounded by the registry; guarded by this. */
  private final Map<ServiceEntry, CompletableFuture<Void>> waiting = new LinkedHashMap<>();

  Dependencies(Registry registry, Duration patience) {
    this.registry = registry;
    this.patience = patience;
  }

  /**
   * Adds a service to the registry, unless it could never start.
   *
   * @throws RunarException as {@link Registry#add} and {@link #check} do; it is not added then
   */
  void register(ServiceEntry entry) {
    registry.add(entry);
    try {
      check(entry, registry.all());
    } catch (RunarException e) {
      registry.remove(entry);
      throw e;
    }
  }

  /**
   * Refuses what can never start.
   *
   * @param all every service that there will be
   * @throws RunarException {@code INVALID_INPUT} naming the cycle, {@code INVALID_PATH}
   */
  void check(ServiceEntry entry, List<ServiceEntry> all) {
    for (String address : entry.definition.dependsOn()) {
      Needed needed = Needed.parse(address, entry);
      if (needed.path().contains("/")) {
        throw new RunarException(
            Code.INVALID_PATH,
            "service \""
                + entry.path()
                + "\" depends on \""
                + address
                + "\", which is no service; write its path, as in db or auth@^2");
      }
    }
    var trail = new ArrayList<ServiceEntry>(List.of(entry));
    findCycle(entry, trail, all, new LinkedHashSet<>())
        .ifPresent(
            cycle -> {
              throw new RunarException(
                  Code.INVALID_INPUT,
                  "service \""
                      + entry.path()
                      + "\" closes a cycle of dependsOn: "
                      + cycle
                      + "; one of them must start without the other");
            });
  }

  private static Optional<String> findCycle(
      ServiceEntry start,
      List<ServiceEntry> trail,
      List<ServiceEntry> all,
      SequencedSet<ServiceEntry> seen) {
    for (ServiceEntry next : needed(trail.getLast(), all)) {
      if (next == start) {
        var names = new ArrayList<>(trail.stream().map(ServiceEntry::path).toList());
        names.add(start.path());
        return Optional.of(String.join(" -> ", names));
      }
      if (seen.add(next)) {
        trail.add(next);
        Optional<String> cycle = findCycle(start, trail, all, seen);
        if (cycle.isPresent()) {
          return cycle;
        }
        trail.removeLast();
      }
    }
    return Optional.empty();
  }

  /** Those of a list that one depends on. */
  private static List<ServiceEntry> needed(ServiceEntry entry, List<ServiceEntry> all) {
    List<Needed> needs =
        entry.definition.dependsOn().stream().map(each -> Needed.parse(each, entry)).toList();
    return needs.isEmpty()
        ? List.of()
        : all.stream().filter(each -> needs.stream().anyMatch(need -> need.isMet(each))).toList();
  }

  /** The same services, each behind those of them that it depends on, else in their order. */
  static List<ServiceEntry> inOrder(List<ServiceEntry> entries) {
    var ordered = new LinkedHashSet<ServiceEntry>();
    var visited = new LinkedHashSet<ServiceEntry>();
    entries.forEach(entry -> visit(entry, entries, visited, ordered));
    return List.copyOf(ordered);
  }

  private static void visit(
      ServiceEntry entry,
      List<ServiceEntry> all,
      SequencedSet<ServiceEntry> visited,
      SequencedSet<ServiceEntry> ordered) {
    if (visited.add(entry)) {
      needed(entry, all).forEach(each -> visit(each, all, visited, ordered));
      ordered.add(entry);
    }
  }

  /** What does not run yet of what it depends on, with what there is of it; empty: it can start. */
  List<String> missing(ServiceEntry entry) {
    return entry.definition.dependsOn().stream()
        .filter(address -> !Needed.parse(address, entry).isRunning(registry))
        .map(address -> address + " (" + Needed.parse(address, entry).found(registry) + ")")
        .toList();
  }

  /**
   * Completes when all that it depends on runs; fails with {@code NOT_RUNNING} naming what is
   * missing when that takes too long. Never completes after {@link #forget}.
   */
  CompletableFuture<Void> await(ServiceEntry entry) {
    var granted = new CompletableFuture<Void>();
    entry.problem = "waits for " + String.join(", ", missing(entry));
    synchronized (this) {
      waiting.put(entry, granted);
    }
    changed(); // it may have come meanwhile
    return granted
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            error ->
                error instanceof TimeoutException
                    ? CompletableFuture.failedFuture(waitedInVain(entry))
                    : new CompletableFuture<>()); // forgotten
  }

  private RunarException waitedInVain(ServiceEntry entry) {
    forget(entry);
    entry.problem =
        "waited " + patience.toMillis() + " ms in vain for " + String.join(", ", missing(entry));
    return new RunarException(
        Code.NOT_RUNNING, "service \"" + entry.path() + "\" " + entry.problem);
  }

  /** A service runs now: those that waited for it alone go on. */
  void changed() {
    List<ServiceEntry> candidates;
    synchronized (this) {
      candidates = List.copyOf(waiting.keySet());
    }
    for (ServiceEntry entry : candidates) {
      List<String> missing = missing(entry);
      if (missing.isEmpty()) {
        Optional<CompletableFuture<Void>> granted = taken(entry);
        entry.problem = "";
        granted.ifPresent(each -> each.complete(null));
      } else {
        entry.problem = "waits for " + String.join(", ", missing);
      }
    }
  }

  /** It has been removed or has ended: nothing waits for it to start. */
  void forget(ServiceEntry entry) {
    taken(entry).ifPresent(each -> each.cancel(false));
  }

  /** The node stops. */
  void forgetAll() {
    List<ServiceEntry> all;
    synchronized (this) {
      all = List.copyOf(waiting.keySet());
    }
    all.forEach(this::forget);
  }

  private synchronized Optional<CompletableFuture<Void>> taken(ServiceEntry entry) {
    return Optional.ofNullable(waiting.remove(entry));
  }

  /** One that is depended on. */
  private record Needed(String fullPath, String path, VersionRange range) {
    static Needed parse(String address, ServiceEntry of) {
      RequestPath asked = RequestPath.parse(address, of.definition.scope().networkId());
      return new Needed(
          asked.path().full(), asked.path().text(), VersionRange.parse(asked.versions(), address));
    }

    boolean isMet(ServiceEntry entry) {
      return entry.fullPath().equals(fullPath) && range.admits(entry.version);
    }

    boolean isRunning(Registry registry) {
      return registry.at(fullPath).stream()
          .anyMatch(entry -> isMet(entry) && entry.state == State.RUNNING);
    }

    /** Why it does not count. */
    String found(Registry registry) {
      List<ServiceEntry> there = registry.at(fullPath);
      List<ServiceEntry> right = there.stream().filter(this::isMet).toList();
      if (there.isEmpty()) {
        return "not there";
      }
      return right.isEmpty()
          ? "there is " + ServiceTable.shown(there)
          : "in " + Introspection.shown(right.getLast().state) + " state";
    }
  }
}
