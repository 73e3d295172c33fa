package dev.runar.internal.codec;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.PayloadCodec;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Values as JSON by Jackson's token streams. Stateless, any thread. */
public final class JsonPayloadCodec implements PayloadCodec {
  /** The library is optional: without it, services of beans say nothing of their input. */
  private static final boolean CAN_WRITE_SCHEMAS =
      isPresent("com.github.victools.jsonschema.generator.SchemaGenerator");

  @Override
  public @Nullable Object copy(Object value) {
    return ValueCopier.copy(value);
  }

  @Override
  public Kind kind(@Nullable Object value) {
    return value instanceof byte[]
        ? Kind.BYTES
        : ValueCopier.isPlain(value) ? Kind.JSON : Kind.RICH;
  }

  @Override
  public byte[] encode(Kind kind, @Nullable Object value) {
    return kind == Kind.BYTES
        ? (byte[]) Objects.requireNonNull(value)
        : ValueWriter.write(value, kind == Kind.RICH);
  }

  @Override
  public @Nullable Object decode(Kind kind, byte[] encoded) {
    if (kind == Kind.BYTES) {
      return encoded;
    }
    try {
      return ValueReader.read(encoded, kind == Kind.RICH);
    } catch (JacksonException e) {
      throw new RunarException(
          Code.UNSUPPORTED_VALUE, "the payload is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public @Nullable Object bind(Payload payload, Type type, String place) {
    return ObjectBinder.bind(payload, type, place);
  }

  @Override
  public Optional<Payload> schema(Type type) {
    return CAN_WRITE_SCHEMAS ? ObjectSchemas.of(type) : Optional.empty();
  }

  @Override
  public Optional<Payload> schema(Map<String, Type> fields) {
    return CAN_WRITE_SCHEMAS ? Optional.of(ObjectSchemas.of(fields)) : Optional.empty();
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, JsonPayloadCodec.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @Override
  public int estimate(@Nullable Object value) {
    return ValueCopier.estimate(value);
  }
}
