package dev.runar.bean;

import dev.runar.Messaging;
import dev.runar.Node;
import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.Payload.TypeOf;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The calls of an interface as requests to one service. Everything about the methods is found out,
 * and refused, when the client is made. Immutable; any thread.
 */
public final class ClientProxy implements InvocationHandler {

  /** What a method's caller gets. */
  private enum Shape {
    RESULT,
    NOTHING,
    FUTURE,
    STREAM
  }

  /** One method of the interface. */
  private record Call(
      String path, Parameters parameters, TypeOf<?> result, Shape shape, boolean hasOptions) {}

  private final Messaging messaging;
  private final Class<?> api;
  private final String path;
  private final Map<Method, Call> calls;

  private ClientProxy(Messaging messaging, Class<?> api, String path, Map<Method, Call> calls) {
    this.messaging = messaging;
    this.api = api;
    this.path = path;
    this.calls = calls;
  }

  /**
   * Makes a client of a node; those of one node, interface and path are equal.
   *
   * @throws IllegalArgumentException for an interface that is none or whose methods cannot be calls
   */
  public static <T> T of(Node node, Class<T> api, String path) {
    return client(node, api, path);
  }

  /** As {@link #of(Node, Class, String)}, for the path that the interface names. */
  static <T> T of(NodeContext context, Class<T> api) {
    return client(context, api, path(api));
  }

  private static <T> T client(Messaging messaging, Class<T> api, String path) {
    refuseClass(api);
    var calls = new LinkedHashMap<Method, Call>();
    var names = new HashSet<String>();
    for (Method method : api.getMethods()) {
      if (!Modifier.isAbstract(method.getModifiers()) || isOfObject(method)) {
        continue;
      }
      Call call = call(method, path);
      if (!method.isAnnotationPresent(Action.class) && !names.add(method.getName())) {
        throw new IllegalArgumentException(
            Methods.shown(method)
                + " is there twice, and an action has one name: rename one, or write"
                + " @Action(\"…\") to say which action each calls");
      }
      calls.put(method, call);
    }
    Object proxy =
        Proxy.newProxyInstance(
            api.getClassLoader(),
            new Class<?>[] {api},
            new ClientProxy(messaging, api, path, Map.copyOf(calls)));
    return api.cast(proxy);
  }

  /**
   * The path that an interface names.
   *
   * @throws IllegalArgumentException if it names none
   */
  public static String path(Class<?> api) {
    refuseClass(api);
    ServicePath said = api.getAnnotation(ServicePath.class);
    if (said == null) {
      throw new IllegalArgumentException(
          api.getName()
              + " does not say whose client it is: write @ServicePath(\"…\") before it, or give the"
              + " path");
    }
    return said.value();
  }

  private static void refuseClass(Class<?> api) {
    if (!api.isInterface()) {
      throw new IllegalArgumentException(
          api.getName() + " is no interface: a client is made of one");
    }
  }

  private static Call call(Method method, String path) {
    Action said = method.getAnnotation(Action.class);
    String name = said == null || said.value().isEmpty() ? method.getName() : said.value();
    Class<?>[] types = method.getParameterTypes();
    boolean hasOptions = types.length > 0 && types[types.length - 1] == RequestOptions.class;
    var result = Results.type(method);
    return new Call(
        path + "/" + name,
        Parameters.of(method, RequestOptions.class),
        TypeOf.of(Results.isNothing(result) ? Object.class : result),
        shape(method),
        hasOptions);
  }

  private static Shape shape(Method method) {
    if (Results.isStream(method)) {
      return Shape.STREAM;
    }
    if (Results.isFuture(method)) {
      return Shape.FUTURE;
    }
    return Results.isNothing(method.getReturnType()) ? Shape.NOTHING : Shape.RESULT;
  }

  private static boolean isOfObject(Method method) {
    return switch (method.getName()) {
      case "toString", "hashCode" -> method.getParameterCount() == 0;
      case "equals" ->
          method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
      default -> false;
    };
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    @Nullable Object[] arguments = given == null ? new Object[0] : given;
    Call call = calls.get(method);
    if (call != null) {
      return request(call, arguments);
    }
    if (isOfObject(method)) {
      return switch (method.getName()) {
        case "toString" -> api.getSimpleName() + " client of " + path;
        case "hashCode" -> hashCode();
        default -> isEqual(arguments[0]);
      };
    }
    return defaultMethod(method).bindTo(proxy).invokeWithArguments(arguments);
  }

  /** Unlike {@code InvocationHandler.invokeDefault}, for an interface that is not public too. */
  private MethodHandle defaultMethod(Method method) throws IllegalAccessException {
    Class<?> declaring = method.getDeclaringClass();
    return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
        .unreflectSpecial(method, declaring);
  }

  private @Nullable Object request(Call call, @Nullable Object[] arguments) {
    RequestOptions options =
        call.hasOptions() && arguments[arguments.length - 1] instanceof RequestOptions last
            ? last
            : RequestOptions.DEFAULT;
    if (call.shape() == Shape.STREAM) {
      return stream(call, arguments, options);
    }
    CompletableFuture<?> future;
    try {
      Payload payload = call.parameters().payload(arguments);
      Optional<Flow.Publisher<Payload>> items = call.parameters().items(arguments);
      future =
          items.isEmpty()
              ? messaging.request(call.path(), payload, call.result(), options)
              : sending(call, payload, options, items.get());
    } catch (RunarException e) {
      future = CompletableFuture.failedFuture(e);
    }
    if (call.shape() == Shape.FUTURE) {
      return future;
    }
    Object result = await(future, call.path());
    return call.shape() == Shape.RESULT ? result : null;
  }

  private CompletableFuture<?> sending(
      Call call, Payload payload, RequestOptions options, Flow.Publisher<Payload> items) {
    return messaging.request(call.path(), payload, call.result(), options, items);
  }

  private Flow.Publisher<Object> stream(
      Call call, @Nullable Object[] arguments, RequestOptions options) {
    Payload payload = call.parameters().payload(arguments);
    Flow.Publisher<Payload> source =
        call.parameters()
            .items(arguments)
            .map(items -> messaging.stream(call.path(), payload, options, items))
            .orElseGet(() -> messaging.stream(call.path(), payload, options));
    return new MappedStream<Payload, Object>(source, item -> item(call, item));
  }

  private static Object item(Call call, Payload item) {
    Object known;
    try {
      known = item.<@Nullable Object>as(call.result().type(), "$");
    } catch (RunarException e) {
      throw new RunarException(e.code(), "an item of " + call.path() + ": " + e.getMessage(), e);
    }
    if (known == null) {
      throw new RunarException(
          Code.INVALID_INPUT,
          "an item of " + call.path() + " is null; let the method return Flow.Publisher<Payload>");
    }
    return known;
  }

  private static @Nullable Object await(CompletableFuture<?> future, String path) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RunarException known) {
        throw known;
      }
      throw new RunarException(Code.INTERNAL, path + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new RunarException(Code.CANCELLED, "interrupted while waiting for " + path, e);
    }
  }

  private boolean isEqual(@Nullable Object other) {
    return other != null
        && Proxy.isProxyClass(other.getClass())
        && Proxy.getInvocationHandler(other).equals(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientProxy client
        && client.messaging.equals(messaging)
        && client.api.equals(api)
        && client.path.equals(path);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * messaging.hashCode() + api.hashCode()) + path.hashCode();
  }
}
