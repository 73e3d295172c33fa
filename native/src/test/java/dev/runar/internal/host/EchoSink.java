package dev.runar.internal.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A stand-in for the node: every frame is {@code u32 length, u8 command, bytes}, little endian, the
 * length being that of command and bytes. Threads as {@link FrameSink} says.
 *
 * <p>E echo · F flood (u32 threads, u32 events of each, u32 size) · X exit (u32 code) · C collect
 * garbage for ever · Q how many events of a flood were queued (u64 the link of the flood) · N throw
 * NullPointerExceptions (u32 how many) · T end the pump · D close the link · I post now and then
 * (u32 events, u32 ms between) · P post through threads for ever · Z never end (a hook) · H say in
 * a hook that it ran
 */
final class EchoSink implements FrameSink {
  private static final int PREFIX = 4;

  private static final Object[] NOTHING = new Object[2];

  private final Links link;

  /** Frames that were refused, by link, for the pump to post again. */
  private final Map<Long, ArrayDeque<byte[]>> held = new ConcurrentHashMap<>();

  /** The threads of a flood, by link, and how many of their events were queued. */
  private final Map<Long, List<Thread>> producers = new ConcurrentHashMap<>();

  private final Map<Long, LongAdder> queued = new ConcurrentHashMap<>();

  /** Opened by the pump when a link has room again. */
  private final Map<Long, Gate> gates = new ConcurrentHashMap<>();

  EchoSink(Links link) {
    this.link = link;
  }

  @Override
  public void frames(long handle, byte[] frames, int offset) {
    for (int at = offset; at < frames.length; ) {
      var frame = ByteBuffer.wrap(frames).order(ByteOrder.LITTLE_ENDIAN);
      int length = frame.getInt(at);
      frame.position(at + PREFIX);
      frame.limit(at + PREFIX + length);
      run(handle, frame);
      at += PREFIX + length;
    }
  }

  private void run(long handle, ByteBuffer frame) {
    char command = (char) frame.get();
    switch (command) {
      case 'E' -> echo(handle, frame);
      case 'F' -> flood(handle, frame.getInt(), frame.getInt(), frame.getInt());
      case 'Q' -> sayQueued(handle, frame.getLong());
      case 'X' -> exitWith(frame.getInt());
      case 'C' -> Thread.ofPlatform().daemon().start(EchoSink::collectForEver);
      case 'N' -> say(handle, 'n', throwNulls(frame.getInt()));
      case 'T' -> throw new StackOverflowError("asked to die of é");
      case 'D' -> closeAfter(handle);
      case 'I' -> postNowAndThen(handle, frame.getInt(), frame.getInt());
      case 'P' -> postForEver(handle, frame.getInt());
      case 'Z' -> Runtime.getRuntime().addShutdownHook(new Thread(EchoSink::neverEnd));
      case 'H' -> hookFile(frame);
      case 'S' -> say(handle, 's', posted(handle));
      default -> throw new IllegalStateException("no such command: " + command);
    }
  }

  @Override
  public void room(long handle) {
    ArrayDeque<byte[]> waiting = held.get(handle);
    while (waiting != null && !waiting.isEmpty()) {
      if (post(handle, waiting.getFirst()) == Links.Posted.FULL) {
        return;
      }
      waiting.removeFirst();
    }
    open(handle);
  }

  @Override
  public void closed(long handle) {
    held.remove(handle);
    open(handle);
    gates.remove(handle);
  }

  private void open(long handle) {
    Gate gate = gates.get(handle);
    if (gate != null) {
      gate.open();
    }
  }

  private Links.Posted post(long handle, byte[] frame) {
    return link.post(handle, frame, 0, frame.length, Links.Room.ORDINARY);
  }

  /** The frame as it came, after those that were refused. */
  private void echo(long handle, ByteBuffer frame) {
    byte[] answer = frame('E', frame.remaining()).array();
    frame.get(answer, PREFIX + 1, frame.remaining());
    ArrayDeque<byte[]> waiting = held.computeIfAbsent(handle, _ -> new ArrayDeque<>());
    if (!waiting.isEmpty() || post(handle, answer) == Links.Posted.FULL) {
      waiting.add(answer);
    }
  }

  /** Each event: u32 thread, u32 number from 0, then bytes of the low byte of the number. */
  private void flood(long handle, int threads, int events, int size) {
    gates.computeIfAbsent(handle, _ -> new Gate());
    queued.computeIfAbsent(handle, _ -> new LongAdder());
    var started = new ArrayList<Thread>();
    for (int thread = 0; thread < threads; thread++) {
      int producer = thread;
      Runnable run = () -> produce(handle, producer, events, size);
      started.add(Thread.ofPlatform().daemon().start(run));
    }
    producers.put(handle, started);
  }

  private void produce(long handle, int producer, int events, int size) {
    long refused = 0;
    Gate gate = gates.computeIfAbsent(handle, _ -> new Gate());
    for (int number = 0; number < events; number++) {
      byte[] frame = event(producer, number, size);
      long seen = gate.seen();
      Links.Posted posted = post(handle, frame);
      while (posted == Links.Posted.FULL) {
        refused++;
        gate.awaitAfter(seen);
        seen = gate.seen();
        posted = post(handle, frame);
      }
      if (posted != Links.Posted.QUEUED) {
        return;
      }
      queued.get(handle).increment();
    }
    var done = frame('f', 12).putInt(producer).putLong(refused).array();
    while (link.post(handle, done, 0, done.length, Links.Room.RESERVED) == Links.Posted.FULL) {
      Thread.onSpinWait();
    }
  }

  /** One event at a time, each into a queue that is empty: each must ring. */
  private void postNowAndThen(long handle, int events, int millis) {
    var timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    var number = new AtomicInteger();
    timer.scheduleAtFixedRate(
        () -> {
          if (number.get() < events) {
            post(handle, event(0, number.getAndIncrement(), 0));
          }
        },
        0,
        millis,
        TimeUnit.MILLISECONDS);
  }

  private void postForEver(long handle, int threads) {
    for (int thread = 0; thread < threads; thread++) {
      int producer = thread;
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                for (int number = 0;
                    post(handle, event(producer, number, 64)) != Links.Posted.CLOSED; ) {
                  number++;
                }
              });
    }
  }

  private static byte[] event(int producer, int number, int size) {
    ByteBuffer event = frame('e', 8 + size).putInt(producer).putInt(number);
    while (event.hasRemaining()) {
      event.put((byte) number);
    }
    return event.array();
  }

  /** Posted, then closed from Java's side. */
  private void closeAfter(long handle) {
    say(handle, 'd', 0);
    link.closed(handle);
  }

  /** Once every thread of the flood has ended. */
  private void sayQueued(long handle, long flooded) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              for (Thread producer : producers.get(flooded)) {
                joined(producer);
              }
              say(handle, 'q', queued.get(flooded).intValue());
            });
  }

  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(long handle, char command, int value) {
    byte[] frame = frame(command, 4).putInt(value).array();
    link.post(handle, frame, 0, frame.length, Links.Room.RESERVED);
  }

  /** What a post of each kind answers, as digits: fits, never fits, stale handle. */
  private int posted(long handle) {
    int fits = digit(post(handle, event(0, 0, 4)));
    int never = digit(post(handle, new byte[16 << 20]));
    int stale = digit(post(handle + (1L << 16), event(0, 0, 4)));
    return fits * 100 + never * 10 + stale;
  }

  private static int digit(Links.Posted posted) {
    return switch (posted) {
      case QUEUED -> 0;
      case FULL -> 1;
      case CLOSED -> 2;
      case TOO_LARGE -> 3;
      case NO_MEMORY -> 4;
    };
  }

  private static ByteBuffer frame(char command, int size) {
    return ByteBuffer.allocate(PREFIX + 1 + size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(1 + size)
        .put((byte) command);
  }

  private static void exitWith(int code) {
    Thread.ofPlatform().start(() -> System.exit(code));
  }

  private static void neverEnd() {
    new Semaphore(0).acquireUninterruptibly();
  }

  /** A hook that writes a file, so that a test can see that hooks ran. */
  private static void hookFile(ByteBuffer frame) {
    String path = StandardCharsets.UTF_8.decode(frame).toString();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    Files.writeString(Path.of(path), "hook ran");
                  } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                  }
                }));
  }

  private static void collectForEver() {
    for (byte[][] garbage = new byte[64][]; ; ) {
      for (int at = 0; at < garbage.length; at++) {
        garbage[at] = new byte[64 << 10];
      }
      System.gc();
    }
  }

  private static int throwNulls(int count) {
    int caught = 0;
    for (int at = 0; at < count; at++) {
      try {
        NOTHING[at & 1].hashCode();
      } catch (NullPointerException _) {
        caught++;
      }
    }
    return caught;
  }
}
