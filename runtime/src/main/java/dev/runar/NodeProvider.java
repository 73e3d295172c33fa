package dev.runar;

import java.util.ServiceLoader;

/** Makes nodes. Found by {@link ServiceLoader}. */
public interface NodeProvider {
  /** A node that is not started yet. */
  Node create(NodeConfig config);
}
