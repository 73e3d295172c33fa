package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing static changes: two nodes in one JVM have nothing in common. */
class StateTest {
  /** Types whose objects change, wherever they come from. */
  private static final List<String> CHANGING =
      List.of(
          "java.util.concurrent.atomic.",
          "java.util.concurrent.locks.",
          "java.util.concurrent.ConcurrentHashMap",
          "java.lang.ThreadLocal",
          "java.lang.ScopedValue",
          "java.lang.StringBuilder",
          "java.nio.ByteBuffer",
          "java.util.Random",
          "java.util.BitSet",
          "java.util.Date");

  /** A payload remembers its other form once it was asked for; every thread sees the same value. */
  private static final Set<String> LAZY = Set.of("dev.runar.Payload");

  private final JavaClasses main = House.mainClasses();
  private final JavaClasses planted = House.plantedClasses();

  @Test
  void noStaticFieldIsAssignedTwice() {
    assertThat(names(nonFinal(main))).isEmpty();
    assertThat(names(nonFinal(planted))).containsExactly("PlantedUtils.counter");
  }

  private static Stream<JavaField> nonFinal(JavaClasses classes) {
    return statics(classes).filter(field -> !field.getModifiers().contains(JavaModifier.FINAL));
  }

  @Test
  void noStaticFieldHoldsSomethingThatChanges() {
    assertThat(names(changing(main))).isEmpty();
    assertThat(names(changing(planted)))
        .containsExactlyInAnyOrder(
            "PlantedUtils.IDS", "PlantedUtils.NAMES", "PlantedUtils.INSTANCE");
  }

  private static Stream<JavaField> changing(JavaClasses classes) {
    return statics(classes)
        .filter(field -> field.getModifiers().contains(JavaModifier.FINAL))
        .filter(field -> changes(field));
  }

  private static boolean changes(JavaField field) {
    JavaClass type = field.getRawType();
    if (type.isArray()) {
      return !field.getModifiers().contains(JavaModifier.PRIVATE);
    }
    if (type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class)) {
      return !isUnmodifiable(value(field));
    }
    if (type.isAssignableTo(Executor.class)) {
      return value(field) instanceof ExecutorService; // a lambda that starts threads is none
    }
    if (CHANGING.stream().anyMatch(type.getName()::startsWith)) {
      return true;
    }
    return type.getPackageName().startsWith(House.ROOT)
        && !LAZY.contains(type.getName())
        && hasChangingField(type);
  }

  private static boolean hasChangingField(JavaClass type) {
    return type.getAllFields().stream()
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
        .filter(field -> field.getOwner().getPackageName().startsWith(House.ROOT))
        .anyMatch(field -> !field.getModifiers().contains(JavaModifier.FINAL));
  }

  private static boolean isUnmodifiable(Object collection) {
    String name = collection.getClass().getName();
    return name.startsWith("java.util.ImmutableCollections")
        || name.startsWith("java.util.Collections$");
  }

  /** Some are told by the object, since their types do not say whether they change. */
  private static Object value(JavaField field) {
    try {
      Field reflected = field.reflect();
      reflected.setAccessible(true);
      return reflected.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<JavaField> statics(JavaClasses classes) {
    return classes.stream()
        .flatMap(type -> type.getFields().stream())
        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
        .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC))
        .filter(field -> !field.getName().startsWith("$"));
  }

  private static List<String> names(Stream<JavaField> fields) {
    return fields.map(field -> field.getOwner().getSimpleName() + "." + field.getName()).toList();
  }
}
