package dev.runar.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Hands what the loops send to the sink, until the process ends. On the pump thread alone. */
final class Pump {
  static final int HEADER = 9;

  private static final VarHandle HANDLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int WHAT_AT = 8;
  private static final byte FRAMES = 0;
  private static final byte CLOSED = 1;
  private static final byte ROOM = 2;

  private final Link link;
  private final FrameSink sink;

  Pump(Link link, FrameSink sink) {
    this.link = link;
    this.sink = sink;
  }

  void run() {
    for (byte[] taken = link.take(); taken.length > 0; taken = link.take()) {
      hand((long) HANDLE.get(taken, 0), taken);
    }
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
