package dev.runar.spi;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The place of one operation in a distributed trace, as W3C Trace Context has it. Immutable; any
 * thread.
 *
 * @param traceIdHigh the first half of the trace's id
 * @param traceIdLow the second half; not both halves are 0
 * @param span the id of this operation; not 0
 * @param flags the trace flags; bit 0: sampled
 * @param tracestate what vendors carry along, as it came; empty: nothing
 */
public record TraceContext(
    long traceIdHigh, long traceIdLow, long span, int flags, String tracestate) {
  /** Whoever records spans may record this one. */
  public static final int SAMPLED = 1;

  /** The most characters of a {@code tracestate} that are carried on; a longer one is dropped. */
  public static final int MAX_STATE = 512;

  private static final int LONG_DIGITS = 16;
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] SHAPE =
      ("00-" + "0".repeat(2 * LONG_DIGITS) + "-" + "0".repeat(LONG_DIGITS) + "-00")
          .getBytes(StandardCharsets.ISO_8859_1);
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = TRACE_AT + 2 * LONG_DIGITS + 1;
  private static final int FLAGS_AT = SPAN_AT + LONG_DIGITS + 1;

  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-([0-9a-f]{16})([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  public TraceContext {
    if ((traceIdHigh | traceIdLow) == 0 || span == 0) {
      throw new IllegalArgumentException("the ids of a trace context must not be 0");
    }
    flags &= 0xff;
    tracestate = tracestate.length() > MAX_STATE ? "" : tracestate;
  }

  /**
   * Reads the two headers of the standard.
   *
   * @param traceparent null: there is none
   * @return empty for what the standard does not allow: a new trace is to begin then
   */
  public static Optional<TraceContext> parse(@Nullable String traceparent, String tracestate) {
    if (traceparent == null || traceparent.length() > MAX_STATE) {
      return Optional.empty();
    }
    Matcher parts = TRACEPARENT.matcher(traceparent);
    if (!parts.matches() || (parts.group(1).equals("00") && parts.group(6) != null)) {
      return Optional.empty();
    }
    long high = HexFormat.fromHexDigitsToLong(parts.group(2));
    long low = HexFormat.fromHexDigitsToLong(parts.group(3));
    long span = HexFormat.fromHexDigitsToLong(parts.group(4));
    return (high | low) == 0 || span == 0
        ? Optional.empty()
        : Optional.of(
            new TraceContext(high, low, span, HexFormat.fromHexDigits(parts.group(5)), tracestate));
  }

  /** Another operation of the same trace. */
  public TraceContext child(long childSpan) {
    return new TraceContext(traceIdHigh, traceIdLow, childSpan, flags, tracestate);
  }

  /** 32 hexadecimal digits. */
  public String traceId() {
    var digits = new byte[2 * LONG_DIGITS];
    write(traceIdHigh, LONG_DIGITS, digits, 0);
    write(traceIdLow, LONG_DIGITS, digits, LONG_DIGITS);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  /** 16 hexadecimal digits. */
  public String spanId() {
    var digits = new byte[LONG_DIGITS];
    write(span, LONG_DIGITS, digits, 0);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  /** The value of the header of that name, version 00. */
  public String traceparent() {
    byte[] text = SHAPE.clone();
    write(traceIdHigh, LONG_DIGITS, text, TRACE_AT);
    write(traceIdLow, LONG_DIGITS, text, TRACE_AT + LONG_DIGITS);
    write(span, LONG_DIGITS, text, SPAN_AT);
    write(flags, 2, text, FLAGS_AT);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** By hand, since each request of a link has one: {@code HexFormat} is several times slower. */
  private static void write(long value, int digits, byte[] into, int at) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      into[i] = DIGITS[(int) rest & 0xf];
      rest >>>= 4;
    }
  }
}
