package dev.runar.internal.codec;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import dev.runar.Payload;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Schemas, draft 2020-12, of what {@link ObjectBinder} takes: only a primitive must be there,
 * anything else may be null. Loaded only if its library is on the class path. Stateless but for the
 * library's own tables; any thread.
 */
final class ObjectSchemas {
  /** What crosses as more than JSON has, or has no shape: nothing is said of it. */
  private static final Set<Class<?>> ANYTHING =
      Set.of(Instant.class, BigInteger.class, byte[].class, Object.class, Payload.class);

  private ObjectSchemas() {}

  /** Of one type; empty if there is nothing to say. */
  static Optional<Payload> of(Type type) {
    ObjectNode schema = generator().generateSchema(type);
    return schema.isEmpty() ? Optional.empty() : Optional.of(payload(schema));
  }

  /** Of an object with these fields. */
  static Payload of(Map<String, Type> fields) {
    SchemaBuilder builder = generator().buildMultipleSchemaDefinitions();
    ObjectNode schema = ObjectBinder.MAPPER.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    fields.forEach((name, type) -> properties.set(name, property(type, builder)));
    if (fields.values().stream().anyMatch(ObjectSchemas::isPrimitive)) {
      var required = schema.putArray("required");
      fields.forEach(
          (name, type) -> {
            if (isPrimitive(type)) {
              required.add(name);
            }
          });
    }
    ObjectNode definitions = builder.collectDefinitions("$defs");
    if (!definitions.isEmpty()) {
      schema.set("$defs", definitions);
    }
    return payload(schema);
  }

  private static ObjectNode property(Type type, SchemaBuilder builder) {
    ObjectNode schema = builder.createSchemaReference(content(type));
    if (isPrimitive(type) || schema.isEmpty()) {
      return schema;
    }
    ObjectNode nullable = ObjectBinder.MAPPER.createObjectNode();
    nullable.putArray("anyOf").add(schema).addObject().put("type", "null");
    return nullable;
  }

  private static Type content(Type type) {
    return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
        ? generic.getActualTypeArguments()[0]
        : type;
  }

  private static boolean isPrimitive(Type type) {
    return type instanceof Class<?> plain && plain.isPrimitive();
  }

  private static Payload payload(ObjectNode schema) {
    return Payload.json(schema.toString());
  }

  private static SchemaGenerator generator() {
    var config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .without(Option.SCHEMA_VERSION_INDICATOR)
            .with(
                Option.ADDITIONAL_FIXED_TYPES,
                Option.STANDARD_FORMATS,
                Option.FLATTENED_OPTIONALS,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES);
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(
            (type, context) ->
                ANYTHING.contains(type.getErasedType())
                    ? new CustomDefinition(
                        ObjectBinder.MAPPER.createObjectNode(),
                        DefinitionType.INLINE,
                        AttributeInclusion.NO)
                    : null);
    config
        .forFields()
        .withRequiredCheck(field -> field.getDeclaredType().getErasedType().isPrimitive())
        .withNullableCheck(field -> !field.getDeclaredType().getErasedType().isPrimitive())
        .withIgnoreCheck(field -> isIgnored(field))
        .withPropertyNameOverrideResolver(field -> name(field));
    return new SchemaGenerator(config.build());
  }

  private static boolean isIgnored(FieldScope field) {
    JsonIgnore ignore = field.getAnnotationConsideringFieldAndGetter(JsonIgnore.class);
    return ignore != null && ignore.value();
  }

  private static @Nullable String name(FieldScope field) {
    JsonProperty property = field.getAnnotationConsideringFieldAndGetter(JsonProperty.class);
    return property == null || property.value().isEmpty() ? null : property.value();
  }
}
