package dev.runar.house.planted.internal.script;

import dev.runar.house.planted.internal.broker.PlantedChannel;

/** A script must not know the broker. */
public interface PlantedScript {
  PlantedChannel channel();
}
