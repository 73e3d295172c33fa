package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.link.Exchanges.Exchange;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.sdk.SdkErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The JavaScript side, as the parts of a link see it. Any thread; never blocks. */
record Peer(
    Supplier<NodeCore> core,
    Outbox outbox,
    Exchanges exchanges,
    LinkQueue queue,
    LinkCounters counters) {
  private static final Logger LOG = System.getLogger("dev.runar.script");

  /** So much is kept of the message of an error that is too large, in characters. */
  private static final int MAX_BRIEF = 1_000;

  /** More than a frame about a socket has beside its payload; the address is in the largest. */
  private static final int MAX_OPENING = 32 << 10;

  /** The head of an error that the handler has not thrown but said, so that no log needs it. */
  private static final String SAID = "nack";

  /** In the place of an exchange, where there is none. */
  private static final Exchange UNASKED =
      new Exchange() {
        @Override
        public void succeeded(Frame answer) {}

        @Override
        public void failed(Frame answer) {}

        @Override
        public void gone(RunarException reason) {}
      };

  /**
   * Hands over a callback that nobody waits for.
   *
   * @throws RunarException {@code TOO_LARGE}
   */
  Delivery offer(Frame frame) {
    return offer(frame, UNASKED);
  }

  private Delivery offer(Frame frame, Exchange exchange) {
    int size = FrameCodec.checkedSize(frame);
    Delivery place = queue.take(size);
    if (place != Delivery.QUEUED) {
      return place;
    }
    Delivery posted = outbox.post(frame, () -> queue.placed(exchange));
    if (posted != Delivery.QUEUED) {
      queue.release(size);
    }
    return posted;
  }

  /**
   * After {@code FULL}: runs the callback once, when it makes sense to try again.
   *
   * @param bytes of the payload that was refused
   */
  void whenWritable(int bytes, Runnable callback) {
    long wanted = (long) bytes + MAX_OPENING;
    queue.whenWritable(wanted, () -> outbox.whenWritable(callback)); // whichever has refused
  }

  /**
   * Hands over a callback that will be answered.
   *
   * @param frame the frame with an id
   * @return {@code QUEUED}: the exchange is told how it has gone; else it was not touched
   */
  Delivery ask(Exchange exchange, LongFunction<Frame> frame) {
    long id = exchanges.add(exchange);
    if (id == 0) {
      return queue.refuse();
    }
    Delivery delivery;
    try {
      delivery = offer(frame.apply(id), exchange);
    } catch (RuntimeException e) {
      if (exchanges.remove(id) != null) {
        exchange.gone(Failures.of(e)); // too large: its sender is told here
      }
      return Delivery.QUEUED;
    }
    boolean isTold = delivery != Delivery.QUEUED && exchanges.remove(id) == null;
    return isTold ? Delivery.QUEUED : delivery;
  }

  /** As {@link #ask}, for the few steps that have their place whatever the bound. */
  void askReserved(Exchange exchange, LongFunction<Frame> frame, RunarException gone) {
    long id = exchanges.add(exchange);
    if (id == 0) {
      exchange.gone(gone);
      return;
    }
    Frame step = frame.apply(id);
    queue.takeReserved(step.size());
    Delivery posted = outbox.postReserved(step, () -> queue.placed(exchange));
    if (posted != Delivery.QUEUED && exchanges.remove(id) != null) {
      exchange.gone(gone);
    }
  }

  /** Answers what the other side has asked. */
  void answer(Frame result) {
    Delivery posted;
    try {
      posted = outbox.postAnswer(result);
    } catch (RunarException e) {
      fail(result.id(), e, null);
      return;
    }
    if (posted == Delivery.FULL) {
      fail(result.id(), unread(result), null);
    }
  }

  /** What becomes of a large answer for which there is no room. */
  static RunarException unread(Frame answer) {
    return new RunarException(
        Code.OVERLOADED,
        "an answer of "
            + answer.size()
            + " bytes had no room: it was made, but JavaScript reads what it has asked for more"
            + " slowly than it asks, and "
            + Outbox.MAX_ANSWERS
            + " bytes may wait for it");
  }

  /**
   * Answers that what the other side has asked has failed.
   *
   * @param head beside the error; null: nothing
   */
  void fail(long id, Throwable failure, @Nullable Payload head) {
    tell(Frame.of(FrameKind.ERROR, id, null).withHead(head), Failures.of(failure));
  }

  /**
   * Tells of a failure: with all its details, or where they have no room without them.
   *
   * @param frame has no payload yet
   */
  void tell(Frame frame, RunarException failure) {
    Delivery posted;
    try {
      posted = outbox.postAnswer(frame.withPayload(described(failure)));
    } catch (RunarException | OutOfMemoryError e) { // whoever waits has to hear something
      posted = Delivery.FULL;
    }
    if (posted == Delivery.FULL) {
      outbox.postReserved(frame.withHead(null).withPayload(described(brief(failure))));
    }
  }

  /** The answer of an exchange is not wanted any more. */
  void cancel(long id, int flags) {
    outbox.postReserved(Frame.of(FrameKind.CANCEL, id, null).withFlags(flags));
  }

  /** An error whose details have no room: without data, stack and causes. */
  static RunarException brief(RunarException failure) {
    String message = String.valueOf(failure.getMessage());
    String said = message.length() <= MAX_BRIEF ? message : message.substring(0, MAX_BRIEF) + "…";
    var brief =
        new RunarException(
            failure.code(),
            said + " (what was attached to this error was too large to be sent)",
            null,
            new RunarException.Remote(null, failure.remoteName().orElse(null), "", false));
    failure.path().ifPresent(path -> brief.at(failure.node().orElse(""), path));
    return brief;
  }

  /** An error, as both sides read it. */
  static Payload described(RunarException failure) {
    byte[] text = SdkErrors.toJson(failure).getBytes(StandardCharsets.UTF_8);
    return Payload.encoded(Payload.Kind.RICH, text);
  }

  /** The error that a frame tells of. */
  static RunarException failureOf(Frame frame) {
    Payload payload = frame.payload();
    return payload == null
        ? SdkErrors.unreadable()
        : SdkErrors.of(Objects.requireNonNull(payload).encoded(), RunarException::new);
  }

  /** Whether the handler has said no, rather than failed. */
  static boolean isSaid(Frame answer) {
    return answer.head() != null && answer.heads().isTrue(SAID);
  }

  /** Writes down what a handler has thrown that nobody waits for. */
  void report(RunarException failure, String where) {
    counters.failed();
    LOG.log(Level.ERROR, () -> where + " failed: " + failure.report());
  }
}
