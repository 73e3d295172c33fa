package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.internal.host.LastWords;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The transport over two streams, such as those of a child process: a thread reads, another writes.
 * Any thread.
 */
public final class StreamTransport implements LinkTransport {
  /** Beyond it a batch is refused until what waits is written. */
  private static final int MAX_WAITING = 8 << 20;

  private static final int FIRST_CAPACITY = 64 << 10;
  private static final int KEPT_CAPACITY = 1 << 20;

  /** So long what was posted has to be written before the end. */
  private static final long END_MS = 2_000;

  private final InputStream in;
  private final OutputStream out;
  private final Object lock = new Object();

  // Guarded by lock.
  private byte[] waiting = new byte[FIRST_CAPACITY];
  private int length;
  private boolean isIdle;
  private boolean isClosed;
  private boolean hasRefused;

  private final AtomicBoolean hasTold = new AtomicBoolean();
  private volatile @Nullable Thread writer;

  public StreamTransport(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public void start(Receiver receiver) {
    Thread writing =
        Thread.ofPlatform().daemon().name("runar-link-out").unstarted(() -> write(receiver));
    writer = writing;
    writing.start();
    Thread.ofPlatform().daemon().name("runar-link-in").start(() -> read(receiver));
  }

  @Override
  public Delivery post(byte[] batch, int offset, int size) {
    synchronized (lock) {
      if (isClosed) {
        return Delivery.CLOSED;
      }
      if (length >= MAX_WAITING) {
        hasRefused = true;
        return Delivery.FULL;
      }
      if (length + size > waiting.length) {
        int doubled = (int) Math.min(2L * waiting.length, Integer.MAX_VALUE - 64);
        waiting = Arrays.copyOf(waiting, Math.max(length + size, doubled));
      }
      System.arraycopy(batch, offset, waiting, length, size);
      length += size;
      if (isIdle) {
        isIdle = false;
        lock.notifyAll();
      }
      return Delivery.QUEUED;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      isClosed = true;
      lock.notifyAll();
    }
    Thread writing = writer;
    if (writing == null || Thread.currentThread().equals(writing)) {
      return;
    }
    try {
      writing.join(END_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(Receiver receiver) {
    var buffer = new byte[FIRST_CAPACITY];
    String why = "its end of the link was closed";
    try {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        receiver.onBytes(buffer, 0, count);
      }
    } catch (IOException e) {
      why = "the link cannot be read: " + e.getMessage();
    } catch (RuntimeException | Error e) { // whoever waits must be told
      why = LastWords.of("the link has failed: ", e);
    }
    closed(receiver, why);
  }

  /** Whichever thread finds out first. */
  private void closed(Receiver receiver, String why) {
    if (!hasTold.getAndSet(true)) {
      receiver.onClosed(why);
    }
  }

  private void write(Receiver receiver) {
    byte[] batch = new byte[FIRST_CAPACITY];
    try {
      while (true) {
        int size;
        boolean tells;
        synchronized (lock) {
          while (length == 0 && !isClosed) {
            isIdle = true;
            lock.wait();
          }
          if (length == 0) {
            break;
          }
          byte[] taken = waiting;
          size = length;
          waiting = batch.length > KEPT_CAPACITY ? new byte[FIRST_CAPACITY] : batch;
          length = 0;
          batch = taken;
          tells = hasRefused;
          hasRefused = false;
        }
        out.write(batch, 0, size);
        out.flush();
        if (tells) {
          receiver.onRoom();
        }
      }
    } catch (IOException | InterruptedException e) {
      synchronized (lock) {
        isClosed = true; // the reading thread finds out why
        length = 0;
      }
    } catch (RuntimeException | Error e) { // nobody else would find out
      synchronized (lock) {
        isClosed = true;
        length = 0;
      }
      closed(receiver, LastWords.of("the link cannot be written: ", e));
    }
  }
}
