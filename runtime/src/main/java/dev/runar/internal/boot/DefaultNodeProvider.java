package dev.runar.internal.boot;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.Permissions;
import dev.runar.Survey;
import dev.runar.internal.codec.ConfigLayers;
import dev.runar.internal.host.Pump;
import dev.runar.internal.link.LinkTransport;
import dev.runar.internal.link.StreamTransport;
import dev.runar.internal.script.module.ModuleSurvey;
import dev.runar.spi.Disk;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes nodes. */
public final class DefaultNodeProvider implements NodeProvider {
  private static final Logger LOG = System.getLogger("dev.runar.link");

  @Override
  public Node create(NodeConfig config, Parts parts) {
    return new DefaultNode(config, parts, LinkedProgram.NONE);
  }

  @Override
  public Survey survey(Path entry, Permissions granted) {
    return ModuleSurvey.of(entry, granted, Disk.system());
  }

  @Override
  public Configuration load(Configuration.Sources sources) {
    return ConfigLayers.load(sources);
  }

  @Override
  public Linked link(
      Function<Program, NodeConfig> config, Parts parts, InputStream in, OutputStream out) {
    return LinkHost.open(new StreamTransport(in, out), config, parts);
  }

  @Override
  public void serve(Function<Program, NodeConfig> config, Parts parts, Consumer<Linked> opened) {
    Pump.run(
        links -> new AddonLinks(links, transport -> opened.accept(open(transport, config, parts))));
  }

  /** A node goes when its program has gone: the process stays, maybe with others. */
  private static Linked open(
      LinkTransport transport, Function<Program, NodeConfig> config, Parts parts) {
    LinkHost host = LinkHost.open(transport, config, parts);
    var _ =
        host.ended()
            .thenCompose(why -> host.stopNode())
            .whenComplete(
                (done, error) -> {
                  if (error != null) {
                    LOG.log(Level.ERROR, "the node of a program that has gone did not stop", error);
                  }
                });
    return host;
  }
}
