package dev.runar.bean;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** What methods that stand for actions return. */
final class Results {
  private Results() {}

  /** The action's result comes by a future. */
  static boolean isFuture(Method method) {
    Class<?> type = method.getReturnType();
    return type == CompletableFuture.class || type == CompletionStage.class;
  }

  /**
   * The action answers with many items.
   *
   * @throws IllegalArgumentException for a publisher of another type
   */
  static boolean isStream(Method method) {
    Class<?> type = method.getReturnType();
    if (type != Flow.Publisher.class && Flow.Publisher.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          Methods.shown(method)
              + " returns a "
              + type.getSimpleName()
              + "; a stream is declared as Flow.Publisher<…>");
    }
    return type == Flow.Publisher.class;
  }

  /**
   * The type of the action's result, out of its future, or of each item of its stream.
   *
   * @throws IllegalArgumentException for a future or stream that does not say of what, or if
   *     nothing that is sent becomes that
   */
  static Type type(Method method) {
    Type declared = method.getGenericReturnType();
    boolean isStream = isStream(method);
    Type type = isStream || isFuture(method) ? within(declared, method, isStream) : declared;
    if (!isNothing(type)) {
      PayloadTypes.check(type, Methods.shown(method) + (isStream ? ", item" : ", result"));
    } else if (isStream) {
      throw new IllegalArgumentException(
          Methods.shown(method) + " returns a stream of nothing; write Flow.Publisher<…>");
    }
    return type;
  }

  private static Type within(Type declared, Method method, boolean isStream) {
    if (declared instanceof ParameterizedType known) {
      return known.getActualTypeArguments()[0];
    }
    throw new IllegalArgumentException(
        Methods.shown(method)
            + (isStream
                ? " returns a stream of nothing known; write Flow.Publisher<…>"
                : " returns a future of nothing known; write CompletableFuture<…>"));
  }

  static boolean isNothing(Type type) {
    return type == void.class || type == Void.class;
  }
}
