package dev.runar.cli;

import dev.runar.NodeConfig;
import java.nio.file.Path;

/** Reads configuration files. */
@FunctionalInterface
interface ConfigSource {
  /**
   * The configuration in the file over the node's defaults.
   *
   * @throws dev.runar.RunarException {@code CONFIG} with file, line and the key that was meant
   */
  NodeConfig load(Path file);
}
