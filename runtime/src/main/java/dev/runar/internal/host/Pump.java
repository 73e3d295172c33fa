package dev.runar.internal.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Hands what the loops send to the sink, until the process ends. On one thread, the pump. */
public final class Pump {
  static final int HEADER = 9;

  private static final VarHandle HANDLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int WHAT_AT = 8;
  private static final byte FRAMES = 0;
  private static final byte CLOSED = 1;
  private static final byte ROOM = 2;

  private final Links links;
  private final FrameSink sink;

  private Pump(Links links, FrameSink sink) {
    this.links = links;
    this.sink = sink;
  }

  /**
   * The pump of this process: to be called once, by the main class that the addon has called.
   * Returns when the process ends, or when nothing can go on, which both sides were told.
   */
  public static void run(FrameSink.Factory factory) {
    run(new HostLink(), factory);
  }

  /** The same on other links than those of the addon. */
  static void run(Links links, FrameSink.Factory factory) {
    FrameSink sink = null;
    try {
      sink = factory.sink(links);
      new Pump(links, sink).handAll();
    } catch (Throwable failure) { // a pump that ends in silence leaves every caller waiting
      String why = LastWords.of("", failure);
      try {
        links.died(why);
      } finally {
        if (sink != null) {
          sink.failed(why);
        }
      }
    }
  }

  private void handAll() {
    for (byte[] taken = links.take(); taken.length > 0; taken = links.take()) {
      hand((long) HANDLE.get(taken, 0), taken);
    }
    sink.ended();
  }

  private void hand(long handle, byte[] taken) {
    switch (taken[WHAT_AT]) {
      case FRAMES -> sink.frames(handle, taken, HEADER);
      case CLOSED -> sink.closed(handle);
      case ROOM -> sink.room(handle);
      default ->
          throw new IllegalStateException(
              "the addon tells " + taken[WHAT_AT] + ": it is not of the version of this jar");
    }
  }
}
