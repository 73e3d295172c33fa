package dev.runar.bean;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What methods that stand for actions return. */
final class Results {
  private Results() {}

  /** The result brings a future, or is one. */
  static boolean isFuture(Method method) {
    Class<?> type = method.getReturnType();
    return type == CompletableFuture.class || type == CompletionStage.class;
  }

  /**
   * The type of the action's result, out of its future.
   *
   * @throws IllegalArgumentException for a future that does not say of what
   */
  static Type type(Method method) {
    Type declared = method.getGenericReturnType();
    if (!isFuture(method)) {
      return declared;
    }
    if (declared instanceof ParameterizedType future) {
      return future.getActualTypeArguments()[0];
    }
    throw new IllegalArgumentException(
        Methods.shown(method) + " returns a future of nothing known; write CompletableFuture<…>");
  }

  static boolean isNothing(Type type) {
    return type == void.class || type == Void.class;
  }
}
