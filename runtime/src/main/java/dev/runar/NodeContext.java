package dev.runar;

import java.lang.System.Logger;

/**
 * What a handler may do with its node. Topics without a service segment belong to the handler's own
 * service. Any thread.
 */
public interface NodeContext extends Messaging {
  String networkId();

  /** The path of the service whose handler runs. */
  String servicePath();

  Logger logger();
}
