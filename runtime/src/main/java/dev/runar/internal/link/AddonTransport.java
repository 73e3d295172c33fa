package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.host.LastWords;
import dev.runar.internal.host.Links;
import dev.runar.internal.host.Links.Posted;
import dev.runar.internal.host.Links.Room;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The transport over one link of the addon, within the process of the JavaScript. {@link #begin},
 * {@link #taken}, {@link #room}, {@link #gone}, {@link #ending} and {@link #failed} are for the
 * pump alone; all else is for any thread.
 */
public final class AddonTransport implements LinkTransport {
  /** What the SDK opens a link with: {@code MAX_BYTES} of js-sdk/src/link/addon.ts. */
  private static final int ORDINARY_BYTES = 8 << 20;

  /** What the addon counts for a batch beside its bytes. */
  private static final int BATCH_COST = 4;

  /** After so long a batch is tried again for which the process had no memory. */
  private static final long NO_MEMORY_MS = 10;

  private static final Logger LOG = System.getLogger("dev.runar.link");

  /** Made while there is memory. */
  private static final byte[] NO_MEMORY_FRAME = fatal(LastWords.NO_MEMORY);

  private final Links links;
  private final long handle;
  private final PumpTurns turns = new PumpTurns();
  private final Executor later;
  private volatile @Nullable Receiver receiver;

  public AddonTransport(Links links, long handle) {
    this.links = links;
    this.handle = handle;
    this.later = CompletableFuture.delayedExecutor(NO_MEMORY_MS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void start(Receiver newReceiver) {
    receiver = newReceiver;
  }

  /** A batch that ordinary room could never take has the reserved one, which is large. */
  @Override
  public Delivery post(byte[] batch, int offset, int length) {
    Room room = length > ORDINARY_BYTES - BATCH_COST ? Room.RESERVED : Room.ORDINARY;
    Posted posted = links.post(handle, batch, offset, length, room);
    return switch (posted) {
      case QUEUED -> Delivery.QUEUED;
      case FULL -> Delivery.FULL;
      case CLOSED -> Delivery.CLOSED;
      case NO_MEMORY -> {
        later.execute(this::room);
        yield Delivery.FULL;
      }
      case TOO_LARGE -> {
        later.execute(() -> over("a batch of " + length + " bytes is too large for the addon"));
        yield Delivery.CLOSED;
      }
    };
  }

  @Override
  public void close() {
    links.closed(handle);
  }

  /** Does what comes before the first frame, which may take its time. */
  public void begin(Runnable opening) {
    turns.takeSlow(0, () -> open(opening));
  }

  private void open(Runnable opening) {
    try {
      opening.run();
    } catch (RuntimeException | Error e) { // the other side waits for an answer
      fail("the node could not be opened: ", e);
    }
  }

  /** The other side is told why nothing comes any more, also where there is no memory for words. */
  private void fail(String what, Throwable failure) {
    String why = LastWords.of(what, failure);
    byte[] last = lastFrame(why);
    links.post(handle, last, 0, last.length, Room.RESERVED);
    try {
      over(why);
    } finally {
      links.closed(handle);
    }
    LOG.log(Level.ERROR, why, failure);
  }

  private static byte[] lastFrame(String why) {
    try {
      return fatal(why);
    } catch (OutOfMemoryError e) {
      return NO_MEMORY_FRAME;
    }
  }

  private static byte[] fatal(String why) {
    Payload head = Payload.object("message", why);
    return FrameCodec.encode(Frame.headed(FrameKind.FATAL, 0, head));
  }

  /** Whole frames have come. */
  public void taken(byte[] frames, int offset) {
    int length = frames.length - offset;
    Runnable reading = () -> read(frames, offset, length);
    if (isSlow(frames, offset)) {
      turns.takeSlow(length, reading);
    } else {
      turns.take(length, reading);
    }
  }

  /** There is room again. */
  public void room() {
    Receiver told = receiver;
    if (told != null) {
      told.onRoom();
    }
  }

  /** The loop has closed the link, or has died. */
  public void gone() {
    turns.takeSlow(0, () -> over("its end of the link was closed"));
  }

  /**
   * Nothing comes any more, though the process goes on; whoever waits for the other side is told.
   */
  public void failed(String pumpFailure) {
    String why = "the pump has failed: " + pumpFailure;
    try {
      turns.takeSlow(0, () -> over(why));
    } catch (OutOfMemoryError e) { // no thread can be had for it, as may be why the pump has failed
      Aside.run(() -> over(why));
    }
  }

  /** The process ends; whoever waits for the other side is told at once, since it is soon over. */
  public void ending() {
    Receiver told = receiver;
    if (told != null) {
      told.onEnding("its process ends");
    }
  }

  private void read(byte[] frames, int offset, int length) {
    Receiver told = receiver;
    if (told == null) {
      return;
    }
    try {
      told.onBytes(frames, offset, length);
    } catch (RuntimeException | Error e) { // of this link, and not of the others
      fail("the link has failed: ", e);
    }
  }

  private void over(String why) {
    Receiver told = receiver;
    if (told != null) {
      told.onClosed(why);
    }
  }

  /** Whether one of the frames makes, changes or ends a node, which takes its time. */
  private static boolean isSlow(byte[] frames, int offset) {
    try {
      int at = offset;
      while (at + FrameCodec.HEADER <= frames.length) {
        switch (FrameCodec.kind(frames, at)) {
          case BYE, FATAL, CONFIGURE, ADD_SERVICE, REMOVE_SERVICE, START, STOP -> {
            return true;
          }
          default -> at += FrameCodec.size(frames, at);
        }
      }
      return false;
    } catch (RunarException broken) { // who reads them will say so
      return false;
    }
  }
}
