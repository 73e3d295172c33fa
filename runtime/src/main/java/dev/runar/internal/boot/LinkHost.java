package dev.runar.internal.boot;

import dev.runar.Delivery;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.NodeProvider.Program;
import dev.runar.NodeProvider.Started;
import dev.runar.internal.link.Link;
import dev.runar.internal.link.LinkTransport;
import dev.runar.internal.node.SessionDirectory;
import dev.runar.internal.sdk.NodeControl;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node whose services live in JavaScript on the other side of a link. The node is made when that
 * side first needs it. Any thread.
 */
public final class LinkHost implements NodeProvider.Linked, NodeControl {
  private final Function<Program, NodeConfig> config;
  private final NodeProvider.Parts parts;
  private final Link link;
  private volatile Program program = Program.UNKNOWN;
  private final CompletableFuture<Started> started = new CompletableFuture<>();
  private @Nullable DefaultNode node; // guarded by this

  private LinkHost(
      Function<Program, NodeConfig> config, NodeProvider.Parts parts, LinkTransport transport) {
    this.config = config;
    this.parts = parts;
    this.link = new Link(transport, this, () -> made().core(), said -> program = said);
  }

  /**
   * Opens a link to JavaScript that is there already.
   *
   * @param config what it may fill in by {@code new Node({…})}; asked for once, at the first use
   */
  public static LinkHost open(
      LinkTransport transport, Function<Program, NodeConfig> config, NodeProvider.Parts parts) {
    var host = new LinkHost(config, parts, transport);
    host.link.begin(); // not before: what comes at once already asks for the node, which needs it
    return host;
  }

  /** For Java code beside the JavaScript; made at the first use. */
  public Node node() {
    return made();
  }

  private synchronized DefaultNode made() {
    DefaultNode made = node;
    if (made == null) {
      made =
          new DefaultNode(config.apply(program), parts, LinkedProgram.of(link, program.folder()));
      node = made;
    }
    return made;
  }

  @Override
  public Delivery log(String level, String logger, String message) {
    return link.log(level, logger, message);
  }

  @Override
  public CompletableFuture<String> ended() {
    return link.ended();
  }

  @Override
  public CompletableFuture<Void> stopNode() {
    Node made;
    synchronized (this) {
      made = node;
    }
    if (made == null) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      return made.stop();
    } catch (RuntimeException | Error e) { // whoever asks has something else to end, too
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close(String why) {
    link.close(why);
  }

  @Override
  public String configure(String json) {
    return made().configure(json);
  }

  @Override
  public CompletableFuture<Void> start() {
    DefaultNode starting = made();
    return starting
        .start()
        .whenComplete(
            (done, error) -> {
              if (starting.state() == Node.State.RUNNING) { // as it does if a service has failed
                started.complete(new Started(starting, program));
              }
            });
  }

  @Override
  public CompletableFuture<Started> started() {
    return started.copy();
  }

  @Override
  public List<URI> urls() {
    return made().urls();
  }

  @Override
  public CompletableFuture<Void> stop() {
    return made().stop();
  }

  @Override
  public void exitCode(int code) {
    made().exitCode(code);
  }

  /** Nobody is connected before there is a node. */
  @Override
  public SessionDirectory sessions() {
    return new LateSessions(() -> made().sessions());
  }
}
