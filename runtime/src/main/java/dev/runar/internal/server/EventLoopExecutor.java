package dev.runar.internal.server;

import dev.runar.internal.broker.LaneExecutor;
import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;

/** A Netty event loop as the thread of a lane. */
record EventLoopExecutor(EventLoop loop) implements LaneExecutor {
  private static final Logger LOG = System.getLogger(EventLoopExecutor.class.getName());

  @Override
  public boolean isCurrentThread() {
    return loop.inEventLoop();
  }

  /** A task that comes after the server has stopped has no session left to matter to. */
  @Override
  public void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "a task came after the server had stopped");
    }
  }
}
