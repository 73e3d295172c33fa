package dev.runar.house.planted.internal.node;

import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;

/** The node must not know GraalVM, and must not export to scripts. */
public record PlantedService(Value handler) {
  @HostAccess.Export
  public String name() {
    return "planted";
  }
}
