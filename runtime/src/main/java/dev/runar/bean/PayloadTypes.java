package dev.runar.bean;

import dev.runar.Payload;
import java.lang.annotation.Annotation;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Which types a payload can become. */
final class PayloadTypes {
  /** Of the JDK, beside primitives, their boxes, enums, arrays and {@code java.time}. */
  private static final Set<Class<?>> KNOWN =
      Set.of(
          String.class,
          Boolean.class,
          Character.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Number.class,
          BigInteger.class,
          BigDecimal.class,
          Object.class,
          UUID.class,
          URI.class,
          Optional.class,
          OptionalInt.class,
          OptionalLong.class,
          OptionalDouble.class,
          Collection.class,
          List.class,
          Set.class,
          Map.class);

  private PayloadTypes() {}

  /** Whether a single parameter of the type is the whole payload, and not a field of it. */
  static boolean isWhole(Class<?> type) {
    boolean isField =
        type.isPrimitive()
            || type.isEnum()
            || type.isArray()
            || type.getName().startsWith("java.time.")
            || KNOWN.contains(type);
    return !isField || type == Map.class || type == Object.class;
  }

  /**
   * Refuses what no payload becomes.
   *
   * @param where what the message begins with
   * @throws IllegalArgumentException naming the type
   */
  static void check(Type type, String where) {
    switch (type) {
      case Class<?> plain -> check(plain, where);
      case ParameterizedType generic -> {
        check((Class<?>) generic.getRawType(), where);
        for (Type argument : generic.getActualTypeArguments()) {
          check(argument, where);
        }
      }
      case GenericArrayType array -> check(array.getGenericComponentType(), where);
      case WildcardType wildcard -> check(wildcard.getUpperBounds()[0], where);
      default ->
          throw new IllegalArgumentException(
              where + ": " + type + " is not known at run time; name a class");
    }
  }

  private static void check(Class<?> type, String where) {
    if (type.isArray()) {
      check(type.getComponentType(), where);
      return;
    }
    if (type.isPrimitive() || type.isEnum() || KNOWN.contains(type) || type == Payload.class) {
      return;
    }
    if (type.getName().startsWith("java.time.")) {
      return;
    }
    boolean canBeMade =
        !Modifier.isAbstract(type.getModifiers()) || isSaidToJackson(type) || type.isSealed();
    if (!canBeMade || type.getName().startsWith("java.")) {
      throw new IllegalArgumentException(
          where
              + ": nothing that is sent becomes a "
              + type.getName()
              + "; take a record, a class with fields, a list or map of these, text, a number, a"
              + " date or a Payload");
    }
  }

  /** By {@code @JsonTypeInfo} or {@code @JsonDeserialize}, for a type that has subtypes. */
  private static boolean isSaidToJackson(Class<?> type) {
    for (Annotation annotation : type.getAnnotations()) {
      if (annotation.annotationType().getSimpleName().startsWith("Json")) {
        return true;
      }
    }
    return false;
  }
}
