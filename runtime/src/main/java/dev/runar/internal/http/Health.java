package dev.runar.internal.http;

/** What a load balancer may know of the node. Any thread; must not block. */
public interface Health {
  /** The process does its work at all; if not, it should be restarted. */
  boolean isLive();

  /** Clients may be sent here. */
  boolean isReady();
}
