package dev.runar.bean;

import dev.runar.ActionHandler;
import dev.runar.ActionOptions;
import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.EventHandler;
import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.PayloadCodec;
import dev.runar.RequestContext;
import dev.runar.RunarException;
import dev.runar.Service;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Makes services of annotated objects, and clients of interfaces. Stateless; any thread.
 *
 * <pre>{@code
 * @ServiceBean(path = "math")
 * public class MathService {
 *   @Action
 *   public int add(int a, int b) {
 *     return a + b;
 *   }
 *
 *   @OnEvent("shop/*")
 *   public void count(Order order, EventContext context) { … }
 * }
 *
 * node.addService(Services.of(new MathService()));
 * }</pre>
 */
public final class Services {
  private Services() {}

  /**
   * The service that an object is. Its methods are called on virtual threads, several at a time;
   * those of one event pattern one after the other.
   *
   * @param bean of a class with {@link ServiceBean}
   * @throws IllegalArgumentException for a class or method that cannot be served, naming it and why
   * @throws RunarException {@code DUPLICATE} for two actions of one name or two handlers of one
   *     pattern
   */
  public static Service of(Object bean) {
    Class<?> type = bean.getClass();
    ServiceBean said = type.getAnnotation(ServiceBean.class);
    if (said == null) {
      throw new IllegalArgumentException(
          type.getName() + " is no service: write @ServiceBean(path = \"…\") before the class");
    }
    var service =
        Service.at(said.path())
            .name(said.name().isEmpty() ? said.path() : said.name())
            .version(said.version())
            .description(said.description())
            .lifecycle(lifecycle(bean));
    for (Method method : Methods.with(Action.class, type)) {
      Action action = method.getAnnotation(Action.class);
      String name = action.value().isEmpty() ? method.getName() : action.value();
      Parameters parameters = Parameters.of(method, RequestContext.class);
      ActionOptions options = options(action, method, parameters);
      if (Results.isStream(method)) {
        service.stream(name, options, stream(bean, method, parameters));
      } else {
        service.action(name, options, action(bean, method, parameters));
      }
    }
    for (Method method : Methods.with(OnEvent.class, type)) {
      service.on(method.getAnnotation(OnEvent.class).value(), events(bean, method));
    }
    return service.build();
  }

  /**
   * A client of a service for a handler: what it requests is part of what the handler does, with
   * its deadline and meta. See {@link dev.runar.Node#client(Class)}.
   */
  public static <T> T client(NodeContext context, Class<T> api) {
    return ClientProxy.of(context, api);
  }

  private static ActionHandler action(Object bean, Method method, Parameters parameters) {
    return (payload, context) -> {
      Object result =
          Methods.call(bean, method, parameters.arguments(payload, context::input, context));
      if (result instanceof CompletionStage<?> stage) {
        var future = stage.toCompletableFuture();
        context.onCancel(() -> future.cancel(true));
        return Payload.of(future.get());
      }
      return Payload.of(result);
    };
  }

  private static Service.StreamHandler stream(Object bean, Method method, Parameters parameters) {
    return (payload, context) -> {
      Object result =
          Methods.call(bean, method, parameters.arguments(payload, context::input, context));
      if (result instanceof Flow.Publisher<?> items) {
        return new MappedStream<Object, Payload>(items, Payload::of);
      }
      throw new RunarException(
          RunarException.Code.HANDLER_FAILED,
          Methods.shown(method) + " returned null instead of a stream");
    };
  }

  private static ActionOptions options(Action action, Method method, Parameters parameters) {
    Type result = Results.type(method);
    Optional<Payload> output =
        Results.isNothing(result) ? Optional.empty() : PayloadCodec.instance().schema(result);
    return ActionOptions.builder()
        .description(action.description())
        .timeout(Duration.ofMillis(action.timeoutMs()))
        .idempotent(action.idempotent())
        .visibility(action.visibility())
        .takesStream(parameters.hasItems())
        .input(parameters.schema().orElse(null))
        .output(output.orElse(null))
        .build();
  }

  private static EventHandler events(Object bean, Method method) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length > 0 && types[0] == Event.class) {
      if (types.length > 2 || (types.length == 2 && types[1] != EventContext.class)) {
        throw new IllegalArgumentException(
            Methods.shown(method) + ": beside the Event only an EventContext is possible");
      }
      return (event, context) ->
          Methods.call(
              bean,
              method,
              types.length == 1 ? new Object[] {event} : new Object[] {event, context});
    }
    Parameters parameters = Parameters.ofEvent(method, EventContext.class);
    return (event, context) ->
        Methods.call(
            bean, method, parameters.arguments(event.payload(), Services::noItems, context));
  }

  private static Flow.Publisher<Payload> noItems() {
    throw new IllegalStateException("events have no items");
  }

  private static Service.Lifecycle lifecycle(Object bean) {
    List<Method> starts = Methods.with(OnStart.class, bean.getClass());
    List<Method> stops = Methods.with(OnStop.class, bean.getClass());
    starts.forEach(Services::checkLifecycle);
    stops.forEach(Services::checkLifecycle);
    return new Service.Lifecycle() {
      @Override
      public void start(NodeContext context) throws Exception {
        callAll(bean, starts, context);
      }

      @Override
      public void stop(NodeContext context) throws Exception {
        callAll(bean, stops, context);
      }
    };
  }

  private static void checkLifecycle(Method method) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length > 1 || (types.length == 1 && types[0] != NodeContext.class)) {
      throw new IllegalArgumentException(Methods.shown(method) + " takes nothing or a NodeContext");
    }
  }

  private static void callAll(Object bean, List<Method> methods, NodeContext context)
      throws Exception {
    for (Method method : methods) {
      @Nullable Object[] arguments =
          method.getParameterCount() == 0 ? new Object[0] : new Object[] {context};
      Methods.call(bean, method, arguments);
    }
  }
}
