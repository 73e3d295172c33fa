package dev.runar.bean;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The annotated methods of a class, and how they are called. */
final class Methods {
  private Methods() {}

  /** {@code Shop.total}, for messages. */
  static String shown(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }

  /**
   * The methods of a class and its superclasses that have an annotation, callable. One that is
   * overridden counts once, as it is in the subclass.
   *
   * @throws IllegalArgumentException for a method that cannot be called
   */
  static <A extends Annotation> List<Method> with(Class<A> annotation, Class<?> type) {
    var found = new ArrayList<Method>();
    Set<List<Object>> seen = new HashSet<>();
    for (Class<?> level = type; level != null; level = level.getSuperclass()) {
      for (Method method : level.getDeclaredMethods()) {
        // A proxy overrides without the annotation: that hides nothing.
        if (method.isAnnotationPresent(annotation) && !method.isBridge()) {
          var signature = new ArrayList<Object>(Arrays.asList(method.getParameterTypes()));
          signature.add(method.getName());
          if (seen.add(signature)) {
            found.add(callable(method, annotation));
          }
        }
      }
    }
    // The order of a class file is the compiler's; a name is the same tomorrow.
    found.sort(Comparator.comparing(Method::getName));
    return found;
  }

  private static Method callable(Method method, Class<? extends Annotation> annotation) {
    int modifiers = method.getModifiers();
    String what = "@" + annotation.getSimpleName() + " " + shown(method);
    if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
      throw new IllegalArgumentException(
          what
              + " is "
              + (Modifier.isPrivate(modifiers) ? "private" : "static")
              + "; make it a public method of the object");
    }
    if (!method.trySetAccessible()) {
      throw new IllegalArgumentException(
          what
              + " cannot be reached: open its package to dev.runar, or make class and method"
              + " public");
    }
    return method;
  }

  /** Calls, and throws what the method throws. */
  static @Nullable Object call(Object target, Method method, @Nullable Object[] arguments)
      throws Exception {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception exception -> throw exception;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }
}
