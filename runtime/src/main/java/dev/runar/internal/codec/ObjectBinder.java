package dev.runar.internal.codec;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

/**
 * Turns records and other classes of the embedding program into values that cross, and back. Strict
 * about types, since the other side is TypeScript: text is no number and a number has no fraction
 * that is cut off. Stateless but for Jackson's own tables by class; any thread.
 */
final class ObjectBinder {
  /** What runs or can be read once stands for no value. */
  private static final List<Class<?>> REFUSED =
      List.of(
          CompletionStage.class,
          Future.class,
          Flow.Publisher.class,
          BaseStream.class,
          Thread.class,
          ClassLoader.class,
          AutoCloseable.class);

  static final JsonMapper MAPPER = mapper();

  private ObjectBinder() {}

  private static JsonMapper mapper() {
    var module =
        new SimpleModule("runar")
            .addSerializer(new AsIs<>(Instant.class))
            .addSerializer(new AsIs<>(Payload.class))
            .addSerializer(new AsNumber());
    REFUSED.forEach(type -> module.addSerializer(new Refused<>(type)));
    return JsonMapper.builder(Json.FACTORY)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(
            LogicalType.Textual,
            config ->
                config
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .annotationIntrospector(new PrimitivesAreRequired())
        .addModule(module)
        .build();
  }

  /**
   * The maps, lists and scalars that stand for an object; not copied and not checked yet.
   *
   * @throws JacksonException if nothing stands for it
   */
  static @Nullable Object plain(Object value) {
    if (value instanceof Payload payload) {
      return payload.value();
    }
    return MAPPER.convertValue(value, Object.class);
  }

  /**
   * A payload as an object of a type.
   *
   * @param place what the payload is within the whole, such as {@code $} or {@code $.a}
   * @throws RunarException {@code INVALID_INPUT}, naming the JSON path of what does not fit
   */
  static @Nullable Object bind(Payload payload, Type type, String place) {
    JavaType target = MAPPER.constructType(type);
    try {
      return switch (payload.kind()) {
        case JSON -> MAPPER.readValue(payload.encoded(), target);
        // From the bytes, so that it does not matter who made the payload.
        case RICH -> MAPPER.convertValue(ValueReader.read(payload.encoded(), true), target);
        case BYTES -> MAPPER.convertValue(payload.encoded(), target);
      };
    } catch (JacksonException e) {
      throw new RunarException(
          Code.INVALID_INPUT,
          "the payload is no " + shown(target) + " at " + place + path(e) + ": " + reason(e),
          e);
    }
  }

  /** Where within the value it went wrong, such as {@code .items[1]}; empty: at its top. */
  static String path(JacksonException e) {
    var path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      if (name == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append('.').append(name);
      }
    }
    return path.toString();
  }

  /** The class that could not be written. */
  static Class<?> culprit(JacksonException e, Object whole) {
    return e instanceof InvalidDefinitionException definition && definition.getType() != null
        ? definition.getType().getRawClass()
        : whole.getClass();
  }

  /** Jackson's sentence, without its advice about its own settings. */
  private static String reason(JacksonException e) {
    String message = e.getOriginalMessage();
    int advice = message.indexOf(" (set DeserializationFeature.");
    String first = advice < 0 ? message : message.substring(0, advice);
    return first.lines().findFirst().orElse("it cannot be read");
  }

  private static String shown(JavaType type) {
    if (!type.hasGenericTypes()) {
      return type.getRawClass().getSimpleName();
    }
    return type.getRawClass().getSimpleName()
        + type.getBindings().getTypeParameters().stream()
            .map(ObjectBinder::shown)
            .collect(java.util.stream.Collectors.joining(", ", "<", ">"));
  }

  /** Written as the very object: {@link ValueCopier} knows it. */
  private static final class AsIs<T> extends StdSerializer<T> {
    AsIs(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializationContext context) {
      Object plain = value instanceof Payload payload ? payload.value() : value;
      if (plain instanceof Instant) {
        out.writeEmbeddedObject(plain);
      } else {
        out.writePOJO(plain);
      }
    }
  }

  private static final class Refused<T> extends StdSerializer<T> {
    Refused(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializationContext context) {
      context.reportBadDefinition(value.getClass(), "it stands for no value");
    }
  }

  /** Nothing stands for a primitive that is missing; 0 would be a guess. */
  private static final class PrimitivesAreRequired extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
      return member.getRawType().isPrimitive()
          ? Boolean.TRUE
          : super.hasRequiredMarker(config, member);
    }
  }

  /** As a number of JavaScript, which has one kind. */
  private static final class AsNumber extends StdSerializer<BigDecimal> {
    AsNumber() {
      super(BigDecimal.class);
    }

    @Override
    public void serialize(BigDecimal value, JsonGenerator out, SerializationContext context) {
      out.writeNumber(value.doubleValue());
    }
  }
}
