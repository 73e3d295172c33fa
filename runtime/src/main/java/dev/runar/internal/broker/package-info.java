/**
 * Client sessions and what they subscribe to: lanes, channels, byte budgets, groups. No sockets and
 * no scripts: a server drives it through {@link dev.runar.internal.broker.Connection} and {@link
 * dev.runar.internal.broker.LaneExecutor}, and a simulation can do the same.
 */
@NullMarked
package dev.runar.internal.broker;

import org.jspecify.annotations.NullMarked;
