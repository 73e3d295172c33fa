package dev.runar.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A connection that keeps what it gets. A test may make it slow. */
final class FakeConnection implements Connection {
  final List<String> received = new ArrayList<>();
  final List<byte[]> bursts = new ArrayList<>();
  int writes;

  /** Binary messages within bursts. */
  int binaries;

  int flushes;
  int pings;
  int closeCode;
  boolean reading = true;

  /** Does not read: what is written stays pending. */
  boolean slow;

  /** What it has taken of what waits, as a test says. */
  long taken;

  private volatile long pending;

  private final List<Runnable> drained = new ArrayList<>();

  @Override
  public void write(Burst burst) {
    writes++;
    binaries += ((FakeBurst) burst).binaries;
    for (byte[] message : ((FakeBurst) burst).messages) {
      bursts.add(message);
      received.add(new String(message, UTF_8));
    }
    pending += burst.bytes();
  }

  @Override
  public void writeText(byte[] utf8) {
    writes++;
    received.add(new String(utf8, UTF_8));
    pending += utf8.length;
  }

  @Override
  public void writeBinary(byte[] bytes) {
    writes++;
    received.add(Arrays.toString(bytes));
    pending += bytes.length;
  }

  @Override
  public long takenBytes() {
    return taken;
  }

  @Override
  public void writePing() {
    pings++;
  }

  @Override
  public void flush() {
    flushes++;
    if (!slow) {
      pending = 0;
    }
  }

  @Override
  public void whenDrained(Runnable callback) {
    drained.add(callback);
    flush();
  }

  /** Somebody waits for the client to read. */
  boolean isAwaited() {
    return !drained.isEmpty();
  }

  /** How many wait for that. */
  int awaiting() {
    return drained.size();
  }

  /** The client reads all that was written; what follows is a burst of its own. */
  void read() {
    pending = 0;
    List<Runnable> callbacks = List.copyOf(drained);
    drained.clear();
    callbacks.forEach(Runnable::run);
  }

  @Override
  public long pendingBytes() {
    return pending;
  }

  @Override
  public void close(int code, String reason) {
    if (closeCode == 0) {
      closeCode = code;
    }
  }

  @Override
  public void pauseReading() {
    reading = false;
  }

  @Override
  public void resumeReading() {
    reading = true;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1:1";
  }

  /** Messages in memory. */
  static final class FakeBurst implements Burst {
    final List<byte[]> messages = new ArrayList<>();
    private int bytes;
    private int binaries;
    int holders = 1;

    @Override
    public void append(WireMessage message) {
      binaries += message.isBinary() ? 1 : 0;
      messages.add(message.bytes());
      bytes += message.bytes().length;
    }

    @Override
    public int bytes() {
      return bytes;
    }

    @Override
    public int messages() {
      return messages.size();
    }

    @Override
    public void retain() {
      holders++;
    }

    @Override
    public void release() {
      holders--;
    }
  }
}
