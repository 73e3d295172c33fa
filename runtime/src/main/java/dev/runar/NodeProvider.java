package dev.runar;

import dev.runar.HttpCall.Identifier;
import dev.runar.spi.Authorizer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;

/** Makes nodes. Found by {@link ServiceLoader}; stateless, any thread. */
public interface NodeProvider {
  /** The one provider of this JVM's class path. */
  static NodeProvider instance() {
    return ServiceLoader.load(NodeProvider.class, NodeProvider.class.getClassLoader())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no NodeProvider on the class path"));
  }

  /**
   * A node that is not started yet.
   *
   * @param authorizer decides what the clients of its port may do
   * @param tools what is attached to its scripts
   * @param identifier says who its HTTP clients are; empty: scripts may
   */
  Node create(
      NodeConfig config, Authorizer authorizer, Tools tools, Optional<Identifier> identifier);

  /**
   * Reads configuration.
   *
   * @throws RunarException {@code CONFIG}, naming the source and the key or the place in it
   */
  Configuration load(Configuration.Sources sources);

  /**
   * Surveys a script and all that it imports, without running anything.
   *
   * @param granted what it may reach
   * @throws RunarException {@code SCRIPT} when there is no such file
   */
  Survey survey(Path entry, Permissions granted);
}
