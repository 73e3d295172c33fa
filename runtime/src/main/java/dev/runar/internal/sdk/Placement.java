package dev.runar.internal.sdk;

import dev.runar.internal.node.InstanceKeys;

/**
 * In how many contexts a service wants to live, and what chooses between them.
 *
 * @param instances 0: the context that defines it; more: so many contexts of their own
 * @param keys what goes to which
 */
public record Placement(int instances, InstanceKeys keys) {
  /** In the context that defines it. */
  public static final Placement HERE = new Placement(0, InstanceKeys.NONE);
}
