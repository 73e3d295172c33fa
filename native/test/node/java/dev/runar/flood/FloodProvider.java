package dev.runar.flood;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.Permissions;
import dev.runar.Survey;
import dev.runar.internal.boot.DefaultNodeProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes what the node's own provider makes, and gives each node of a link the service {@code
 * producers}: Java code of an embedder beside the JavaScript. It stands first on the class path, so
 * that everything else is as it ships. Any thread.
 */
public final class FloodProvider implements NodeProvider {
  private final NodeProvider own = new DefaultNodeProvider();

  @Override
  public Node create(NodeConfig config, Parts parts) {
    return own.create(config, parts);
  }

  @Override
  public Configuration load(Configuration.Sources sources) {
    return own.load(sources);
  }

  @Override
  public Survey survey(Path entry, Permissions granted) {
    return own.survey(entry, granted);
  }

  @Override
  public Linked link(
      Function<Program, NodeConfig> config, Parts parts, InputStream in, OutputStream out) {
    Linked open = own.link(config, parts, in, out);
    addProducers(open);
    return open;
  }

  @Override
  public void serve(Function<Program, NodeConfig> config, Parts parts, Consumer<Linked> opened) {
    own.serve(
        config,
        parts,
        open -> {
          opened.accept(open);
          addProducers(open);
        });
  }

  private static void addProducers(Linked open) {
    var _ = open.started().thenCompose(it -> it.node().addService(new FloodService().service()));
  }
}
