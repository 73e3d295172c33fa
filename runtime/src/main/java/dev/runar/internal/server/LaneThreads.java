package dev.runar.internal.server;

import dev.runar.internal.loop.Pressure;
import dev.runar.internal.loop.Wakes;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Makes the threads of the event loops: they read many connections before they wake a script. */
final class LaneThreads extends DefaultThreadFactory {
  LaneThreads() {
    super("runar-lane", true);
  }

  @Override
  protected Thread newThread(Runnable work, String name) {
    return new LaneThread(work, name);
  }

  /** Tells the thread of an event loop whose it is. */
  static void introduce(EventLoop loop) {
    loop.execute(
        () -> {
          if (Thread.currentThread() instanceof LaneThread thread) {
            thread.loop = loop;
          }
        });
  }

  private static final class LaneThread extends FastThreadLocalThread
      implements Wakes.Worker, Pressure.Feeder {
    private final Wakes wakes = new Wakes(System::nanoTime, this::makeAfterReading);
    private final Pressure pressure = new Pressure();
    private @Nullable EventLoop loop; // of this thread alone

    LaneThread(Runnable work, String name) {
      super(work, name);
    }

    @Override
    public Wakes wakes() {
      return wakes;
    }

    @Override
    public Pressure pressure() {
      return pressure;
    }

    @Override
    public boolean isInBurst() {
      return loop != null;
    }

    /** Tasks come when all that can be read has been read. */
    private void makeAfterReading() {
      try {
        if (loop != null) {
          loop.execute(wakes::makeAll);
          return;
        }
      } catch (RejectedExecutionException ending) {
        // There is no later on a loop that has ended.
      }
      wakes.makeAll();
    }
  }
}
