package dev.runar;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Turns values into bytes and back. Found by {@link ServiceLoader}; stateless, any thread. */
public interface PayloadCodec {

  /** The one codec of this JVM. */
  static PayloadCodec instance() {
    return Holder.INSTANCE;
  }

  /**
   * An immutable deep copy, checked; null if the value stands for nothing, as an empty optional.
   */
  @Nullable Object copy(Object value);

  /** {@code JSON} if every part of the copied value is plain JSON, else {@code RICH}. */
  Payload.Kind kind(@Nullable Object value);

  byte[] encode(Payload.Kind kind, @Nullable Object value);

  @Nullable Object decode(Payload.Kind kind, byte[] encoded);

  /**
   * A payload as an object of a type of the embedding program.
   *
   * @param place what the payload is within a whole, such as {@code $} or {@code $.a}
   * @throws RunarException {@code INVALID_INPUT}, naming the JSON path of what does not fit
   */
  @Nullable Object bind(Payload payload, Type type, String place);

  /**
   * JSON Schema of what becomes a type; empty if nobody on the class path can write it, or there is
   * nothing to say.
   */
  Optional<Payload> schema(Type type);

  /** JSON Schema of an object with these fields, of which only the primitive ones must be there. */
  Optional<Payload> schema(Map<String, Type> fields);

  /** About how many bytes the value would take. */
  int estimate(@Nullable Object value);

  /** Looked up at first use. */
  final class Holder {
    private static final PayloadCodec INSTANCE =
        ServiceLoader.load(PayloadCodec.class, PayloadCodec.class.getClassLoader())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no PayloadCodec on the class path"));

    private Holder() {}
  }
}
