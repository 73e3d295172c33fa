package dev.runar.house.planted.internal.node;

import org.graalvm.polyglot.Value;

/** The node must not know GraalVM. */
public record PlantedService(Value handler) {}
