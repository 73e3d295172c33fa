package dev.runar;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value on its way between scripts, Java and clients: immutable, made once, safe for any thread.
 *
 * <p>A payload is known by its {@link #encoded() bytes}, by its {@link #value() Java value}, or by
 * both; the missing one is made at the first question. Java values are: null, {@link Boolean},
 * {@link Integer}, {@link Long}, {@link Double}, {@link String}, {@link java.math.BigInteger},
 * {@link java.time.Instant}, {@code byte[]}, {@link java.util.List} and {@link java.util.Map} with
 * {@code String} keys.
 */
public final class Payload {

  /** How the bytes of a payload are to be read. */
  public enum Kind {
    /** JSON text in UTF-8; every value of it is plain JSON. */
    JSON,
    /**
     * JSON text in UTF-8 in which {@code {"$": kind, "v": …}} stands for a value that JSON does not
     * have (a date, a map, bytes …). See docs/protocol.md, "Values".
     */
    RICH,
    /** Raw bytes. */
    BYTES
  }

  /** Stands where the value has not been decoded yet. */
  private enum Undecoded {
    UNDECODED
  }

  private final Kind kind;
  private volatile byte @Nullable [] encoded;
  private volatile @Nullable Object value;

  private Payload(Kind kind, byte @Nullable [] encoded, @Nullable Object value) {
    this.kind = kind;
    this.encoded = encoded;
    this.value = value;
  }

  /**
   * The payload of a Java value. Maps and lists are copied, so that later changes do not show. A
   * record, or an object of another class of the program, is sent as the map of its components, as
   * Jackson sees them; {@code Instant}, {@code byte[]} and {@code BigInteger} in it stay what they
   * are. A payload is itself.
   *
   * @throws RunarException with {@code UNSUPPORTED_VALUE}, naming the path inside the value, for
   *     what nothing stands for
   */
  public static Payload of(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Boolean) {
      return new Payload(Kind.JSON, null, value);
    }
    if (value instanceof Integer) {
      return new Payload(Kind.JSON, null, value);
    }
    if (value instanceof byte[] bytes) {
      return bytes(bytes);
    }
    if (value instanceof Payload payload) {
      return payload;
    }
    Object copy = PayloadCodec.instance().copy(value);
    return new Payload(PayloadCodec.instance().kind(copy), null, copy);
  }

  /** The payload of a map made of alternating names and values: {@code object("a", 5, "b", 3)}. */
  public static Payload object(@Nullable Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("names and values must come in pairs");
    }
    var map = new java.util.LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) Objects.requireNonNull(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return of(map);
  }

  /** JSON text. The text is trusted to be JSON; wire input is checked before it comes here. */
  public static Payload json(String text) {
    return encoded(Kind.JSON, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Raw bytes; copied. */
  public static Payload bytes(byte[] bytes) {
    return encoded(Kind.BYTES, bytes.clone());
  }

  /** Takes over {@code encoded} without a copy: the caller must not touch the array again. */
  public static Payload encoded(Kind kind, byte[] encoded) {
    return new Payload(kind, encoded, Undecoded.UNDECODED);
  }

  /** How {@link #encoded()} is to be read. */
  public Kind kind() {
    return kind;
  }

  /** The bytes. Shared, not copied: the caller must not change them. */
  public byte[] encoded() {
    byte[] bytes = encoded;
    if (bytes == null) {
      bytes = PayloadCodec.instance().encode(kind, value);
      encoded = bytes;
    }
    return bytes;
  }

  /** The number of bytes, as far as known without encoding: an estimate for a Java value. */
  public int size() {
    byte[] bytes = encoded;
    return bytes == null ? PayloadCodec.instance().estimate(value) : bytes.length;
  }

  /** The bytes as text; what a client would see. */
  public String text() {
    return new String(encoded(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /**
   * The Java value; see the list above. A {@code byte[]} is shared, not copied.
   *
   * @throws RunarException with {@code UNSUPPORTED_VALUE} if the bytes are not what {@link #kind()}
   *     says
   */
  public @Nullable Object value() {
    Object current = value;
    if (current instanceof Undecoded) {
      current = PayloadCodec.instance().decode(kind, Objects.requireNonNull(encoded));
      value = current;
    }
    return current;
  }

  /** The value is known without decoding. */
  public boolean isDecoded() {
    return !(value instanceof Undecoded);
  }

  /** The bytes are known without encoding. */
  public boolean isEncoded() {
    return encoded != null;
  }

  /** The value as a number. */
  public double asDouble() {
    return number().doubleValue();
  }

  /** The value as an int; a number with a fraction or out of range is refused. */
  public int asInt() {
    double number = asDouble();
    if (number != (int) number) {
      throw mismatch("an int");
    }
    return (int) number;
  }

  /** The value as a string. */
  public String asString() {
    return value() instanceof String string ? string : refuse("a string");
  }

  /** The value as a map. */
  @SuppressWarnings("unchecked")
  public java.util.Map<String, @Nullable Object> asMap() {
    if (value() instanceof java.util.Map<?, ?> map) {
      return (java.util.Map<String, @Nullable Object>) map;
    }
    throw mismatch("an object");
  }

  /** The value as a list. */
  @SuppressWarnings("unchecked")
  public java.util.List<@Nullable Object> asList() {
    if (value() instanceof java.util.List<?> list) {
      return (java.util.List<@Nullable Object>) list;
    }
    throw mismatch("an array");
  }

  /**
   * The value as an object of a class of the program, such as a record: {@code
   * payload.as(Point.class)}. Fields that the class does not have are left out; a missing primitive
   * is refused, another missing component is null.
   *
   * @throws RunarException {@code INVALID_INPUT}, naming the JSON path of what does not fit, such
   *     as {@code $.items[2].price}
   */
  public <T extends @Nullable Object> T as(Class<T> type) {
    return as(type, "$");
  }

  /** As {@link #as(Class)}, for a type with parameters. */
  public <T extends @Nullable Object> T as(TypeOf<T> type) {
    return as(type.type(), "$");
  }

  /**
   * As {@link #as(Class)}, for a type that is known by reflection.
   *
   * @param place what this payload is within a whole, for the message: {@code $} for all of it
   */
  // The codec makes what is asked for, and null of null: T says whether its caller expects that.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
  public <T extends @Nullable Object> T as(java.lang.reflect.Type type, String place) {
    return type == Payload.class ? (T) this : (T) PayloadCodec.instance().bind(this, type, place);
  }

  /**
   * A type with parameters, which a {@code Class} cannot say: {@code new
   * Payload.TypeOf<List<Point>>() {}}. Immutable.
   */
  public abstract static class TypeOf<T extends @Nullable Object> {
    private final java.lang.reflect.Type type;

    /** Takes the type from the subclass that the braces make. */
    protected TypeOf() {
      if (!(getClass().getGenericSuperclass() instanceof java.lang.reflect.ParameterizedType own)) {
        throw new IllegalArgumentException("write it with a type: new TypeOf<List<Point>>() {}");
      }
      this.type = own.getActualTypeArguments()[0];
    }

    private TypeOf(java.lang.reflect.Type type) {
      this.type = type;
    }

    /** A type that is known by reflection. */
    public static TypeOf<?> of(java.lang.reflect.Type type) {
      return new TypeOf<Object>(type) {};
    }

    /** What was written between the angle brackets. */
    public final java.lang.reflect.Type type() {
      return type;
    }
  }

  private Number number() {
    if (value() instanceof Number number) {
      return number;
    }
    throw mismatch("a number");
  }

  private String refuse(String wanted) {
    throw mismatch(wanted);
  }

  private RunarException mismatch(String wanted) {
    return new RunarException(
        RunarException.Code.INVALID_INPUT, "the payload is not " + wanted + ": " + this);
  }

  /** Equal kind and equal bytes. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Payload payload
        && payload.kind == kind
        && Arrays.equals(payload.encoded(), encoded());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded());
  }

  /** At most 200 characters of the text, for messages. */
  @Override
  public String toString() {
    if (kind == Kind.BYTES) {
      return encoded().length + " bytes";
    }
    String text = text();
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
