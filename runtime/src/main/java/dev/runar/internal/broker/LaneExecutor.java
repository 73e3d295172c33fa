package dev.runar.internal.broker;

import java.util.concurrent.Executor;

/** The one thread of a lane. Runs tasks one after the other, in order, on that thread only. */
public interface LaneExecutor extends Executor {
  /** The caller is on the lane's thread. */
  boolean isCurrentThread();
}
