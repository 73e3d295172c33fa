package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that one side of a link says to the other. Immutable; any thread.
 *
 * @param flags bits, of which each kind has its own
 * @param target a handler, session, topic or subscription; 0: none
 * @param remainingMs until the deadline; 0: there is none
 * @param id of the exchange; 0: it is none
 * @param head JSON text of an object; null: none
 * @param payload null: none
 */
public record Frame(
    FrameKind kind,
    int flags,
    int target,
    int remainingMs,
    long id,
    @Nullable Payload head,
    @Nullable Payload payload) {
  /** Of {@code CANCEL}: the time is over; else the caller has given up. */
  static final int LATE = 1;

  /** Of {@code RESULT}: it was cancelled before it began, and has not. */
  static final int NOT_BEGUN = 1;

  /** Of {@code INVOKE}: the answer is a stream. */
  static final int STREAMS = 1;

  /**
   * It is about the items that the asking side sends, not about those of the answer; of {@code
   * INVOKE}: there will be such items.
   */
  static final int INPUT = 2;

  /** A question or an answer with nothing but a payload. */
  static Frame of(FrameKind kind, long id, @Nullable Payload payload) {
    return new Frame(kind, 0, 0, 0, id, null, payload);
  }

  /** One with a head and no payload. */
  static Frame headed(FrameKind kind, long id, Payload head) {
    return new Frame(kind, 0, 0, 0, id, head, null);
  }

  /** About a target. */
  static Frame at(FrameKind kind, int target, long id, @Nullable Payload head) {
    return new Frame(kind, 0, target, 0, id, head, null);
  }

  Frame withPayload(@Nullable Payload newPayload) {
    return new Frame(kind, flags, target, remainingMs, id, head, newPayload);
  }

  Frame withHead(@Nullable Payload newHead) {
    return new Frame(kind, flags, target, remainingMs, id, newHead, payload);
  }

  Frame withFlags(int newFlags) {
    return new Frame(kind, newFlags, target, remainingMs, id, head, payload);
  }

  boolean isInput() {
    return (flags & INPUT) != 0;
  }

  /** Its bytes, with the length field. */
  int size() {
    return FrameCodec.HEADER
        + (head == null ? 0 : head.encoded().length)
        + (payload == null ? 0 : payload.encoded().length);
  }

  /** What the head says; without one nothing. */
  Head heads() {
    if (head == null) {
      return new Head(Map.of());
    }
    try {
      return new Head(head.asMap());
    } catch (RunarException e) {
      throw new RunarException(Code.INVALID_INPUT, "the head of " + kind + " is no object", e);
    }
  }

  /** What JavaScript gives where it gives nothing. */
  Payload payloadOrNull() {
    return payload == null ? Payload.of(null) : payload;
  }
}
