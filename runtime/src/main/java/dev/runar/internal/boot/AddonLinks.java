package dev.runar.internal.boot;

import dev.runar.internal.host.FrameSink;
import dev.runar.internal.host.Links;
import dev.runar.internal.link.AddonTransport;
import dev.runar.internal.link.LinkTransport;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The links of this process, by their handles: each is opened by its first frame and kept until its
 * loop has closed it. For the pump alone.
 */
final class AddonLinks implements FrameSink {
  private final Links links;
  private final Consumer<LinkTransport> open;
  private final Map<Long, AddonTransport> transports = new HashMap<>(); // as many as the addon has

  /**
   * None yet.
   *
   * @param open joins a transport with a node
   */
  AddonLinks(Links links, Consumer<LinkTransport> open) {
    this.links = links;
    this.open = open;
  }

  @Override
  public void frames(long handle, byte[] frames, int offset) {
    AddonTransport transport = transports.get(handle);
    if (transport == null) {
      transport = begun(handle);
      transports.put(handle, transport);
    }
    transport.taken(frames, offset);
  }

  private AddonTransport begun(long handle) {
    var transport = new AddonTransport(links, handle);
    transport.begin(() -> open.accept(transport));
    return transport;
  }

  @Override
  public void room(long handle) {
    AddonTransport transport = transports.get(handle);
    if (transport != null) {
      transport.room();
    }
  }

  @Override
  public void closed(long handle) {
    AddonTransport transport = transports.remove(handle);
    if (transport != null) {
      transport.gone();
    }
  }

  @Override
  public void ended() {
    transports.values().forEach(AddonTransport::ending);
  }

  @Override
  public void failed(String why) {
    transports.values().forEach(transport -> transport.failed(why));
  }
}
