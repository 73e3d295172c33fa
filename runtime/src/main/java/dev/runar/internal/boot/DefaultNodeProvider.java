package dev.runar.internal.boot;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.Permissions;
import dev.runar.Survey;
import dev.runar.internal.codec.ConfigLayers;
import dev.runar.internal.script.module.ModuleSurvey;
import dev.runar.spi.Disk;
import java.nio.file.Path;

/** Makes nodes. */
public final class DefaultNodeProvider implements NodeProvider {
  @Override
  public Node create(NodeConfig config, Parts parts) {
    return new DefaultNode(config, parts);
  }

  @Override
  public Survey survey(Path entry, Permissions granted) {
    return ModuleSurvey.of(entry, granted, Disk.system());
  }

  @Override
  public Configuration load(Configuration.Sources sources) {
    return ConfigLayers.load(sources);
  }
}
