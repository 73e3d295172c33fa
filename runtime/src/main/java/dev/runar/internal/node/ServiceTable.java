package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.semver4j.Semver;

/** The services by path and version, in the order of registration. Not for several threads. */
final class ServiceTable {
  private static final int MAX_SERVICES = 10_000;

  /** By full path and version. */
  private final Map<String, ServiceEntry> services;

  /** By full path. */
  private final Map<String, List<ServiceEntry>> versions = new LinkedHashMap<>();

  ServiceTable() {
    services = new LinkedHashMap<>();
  }

  private ServiceTable(ServiceTable other) {
    services = new LinkedHashMap<>(other.services);
    other.versions.forEach((path, entries) -> versions.put(path, new ArrayList<>(entries)));
  }

  ServiceTable copy() {
    return new ServiceTable(this);
  }

  /**
   * Adds one.
   *
   * @throws RunarException {@code DUPLICATE}, {@code OVERLOADED}
   */
  void add(ServiceEntry entry) {
    refuseTaken(entry);
    services.put(key(entry), entry);
    versions.computeIfAbsent(entry.fullPath(), path -> new ArrayList<>(1)).add(entry);
  }

  void refuseTaken(ServiceEntry entry) {
    if (services.size() >= MAX_SERVICES) {
      throw new RunarException(Code.OVERLOADED, "the node has " + MAX_SERVICES + " services");
    }
    ServiceEntry taken = services.get(key(entry));
    if (taken != null) {
      throw new RunarException(
          Code.DUPLICATE,
          "service path \""
              + entry.path()
              + "\" is taken by \""
              + taken.definition.name()
              + "\" in version "
              + taken.version
              + "; choose another path or version");
    }
  }

  void remove(ServiceEntry entry) {
    services.values().remove(entry);
    versions.computeIfPresent(
        entry.fullPath(),
        (path, entries) -> {
          entries.remove(entry);
          return entries.isEmpty() ? null : entries;
        });
  }

  List<ServiceEntry> all() {
    return List.copyOf(services.values());
  }

  /** Every version of one path. */
  List<ServiceEntry> at(String fullPath) {
    return versions.getOrDefault(fullPath, List.of());
  }

  Optional<ServiceEntry> find(ServiceDefinition definition) {
    return services.values().stream()
        .filter(entry -> entry.definition.equals(definition))
        .findFirst();
  }

  /** What a request means: the highest one that runs, else the highest. */
  Optional<ServiceEntry> preferred(String fullPath, VersionRange range) {
    List<ServiceEntry> all = at(fullPath);
    if (all.size() == 1) {
      return all.stream().filter(entry -> range.admits(entry.version)).findFirst();
    }
    List<ServiceEntry> meant = all.stream().filter(entry -> range.admits(entry.version)).toList();
    List<ServiceEntry> releases =
        meant.stream().filter(entry -> entry.version.getPreRelease().isEmpty()).toList();
    return (range.isAny() && !releases.isEmpty() ? releases : meant)
        .stream()
            .max(
                Comparator.comparing((ServiceEntry entry) -> entry.state == State.RUNNING)
                    .thenComparing(entry -> entry.version));
  }

  /** Its versions for people, the lowest first. */
  static String shown(List<ServiceEntry> entries) {
    List<String> versions =
        entries.stream().map(entry -> entry.version).sorted().map(Semver::toString).toList();
    return String.join(", ", versions);
  }

  private static String key(ServiceEntry entry) {
    return entry.fullPath() + "@" + entry.version;
  }
}
