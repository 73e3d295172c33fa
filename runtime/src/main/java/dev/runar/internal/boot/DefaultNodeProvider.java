package dev.runar.internal.boot;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.Tools;
import dev.runar.internal.codec.ConfigReader;
import dev.runar.spi.Authorizer;
import java.nio.file.Path;

/** Makes nodes. */
public final class DefaultNodeProvider implements NodeProvider {
  @Override
  public Node create(NodeConfig config, Authorizer authorizer, Tools tools) {
    return new DefaultNode(config, authorizer, tools);
  }

  @Override
  public NodeConfig load(Path file) {
    return ConfigReader.readFile(file);
  }
}
