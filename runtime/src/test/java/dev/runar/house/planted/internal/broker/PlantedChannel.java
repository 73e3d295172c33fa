package dev.runar.house.planted.internal.broker;

import dev.runar.house.planted.internal.script.PlantedScript;

/** The broker must not know scripts. */
public record PlantedChannel(PlantedScript script) {}
