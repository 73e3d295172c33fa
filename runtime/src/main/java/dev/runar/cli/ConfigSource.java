package dev.runar.cli;

import dev.runar.Configuration;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads configuration: the defaults, a file, the environment, flags. */
@FunctionalInterface
interface ConfigSource {
  /**
   * The configuration, and where its values come from.
   *
   * @param file a {@code runar.yaml}
   * @param flags values by key, such as {@code server.port}
   * @throws dev.runar.RunarException {@code CONFIG} with the source and the key that was meant
   */
  Configuration load(Optional<Path> file, Map<String, String> flags);
}
