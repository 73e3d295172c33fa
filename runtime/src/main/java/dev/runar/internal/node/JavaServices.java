package dev.runar.internal.node;

import dev.runar.ActionHandler;
import dev.runar.Delivery;
import dev.runar.EventHandler;
import dev.runar.NodeConfig;
import dev.runar.NodeContext;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.Session;
import dev.runar.SocketHandler;
import dev.runar.internal.loop.Callback;
import dev.runar.internal.loop.SerialQueue;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/**
 * Turns services and handlers written in Java into what the node works with. Handlers run on
 * virtual threads and may block. Any thread.
 */
final class JavaServices {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  private final NodeCore gate;
  private final NodeConfig config;
  private final Clock clock;
  private final ExecutorService executor;

  JavaServices(NodeCore gate, NodeConfig config, Clock clock, ExecutorService executor) {
    this.gate = gate;
    this.config = config;
    this.clock = clock;
    this.executor = executor;
  }

  ServiceDefinition define(Service service) {
    ServiceScope scope =
        new ServiceScope(
            service.networkId().isEmpty() ? config.networkId() : service.networkId(),
            service.path(),
            service.version(),
            "");
    var actions =
        service.actions().entrySet().stream()
            .map(
                action ->
                    new ServiceDefinition.Action(
                        action.getKey(),
                        null,
                        action.getValue().options(),
                        action(scope, action.getValue().handler())))
            .toList();
    var events =
        service.events().entrySet().stream()
            .map(
                event ->
                    new ServiceDefinition.EventListener(
                        event.getKey(),
                        scope.resolve(event.getValue().options()),
                        events(scope, event.getValue().handler())))
            .toList();
    var sockets = new HashMap<String, SocketEndpoint>();
    service.sockets().forEach((url, handler) -> sockets.put(url, new JavaSockets(handler)));
    return new ServiceDefinition(
        scope,
        service.name(),
        service.version(),
        service.description(),
        actions,
        events,
        Map.copyOf(sockets),
        service.topics().entrySet().stream()
            .map(topic -> bytes(topic.getKey(), topic.getValue()))
            .toList(),
        service.dependsOn(),
        1,
        lifecycle(scope, service));
  }

  private DeclaredTopic bytes(String topic, String description) {
    return DeclaredTopic.of(topic, description, DeclaredTopic.BYTES, 0, config.networkId());
  }

  /** One handler on one subscription: its events wait for each other. */
  EventEndpoint events(ServiceScope scope, EventHandler handler) {
    return new JavaEvents(handler, scope);
  }

  private ActionEndpoint action(ServiceScope scope, ActionHandler handler) {
    if (handler instanceof Service.StreamHandler stream) {
      return call -> {
        executor.execute(() -> open(call, stream, scope));
        return Delivery.QUEUED;
      };
    }
    return call -> {
      executor.execute(() -> answer(call, handler, scope));
      return Delivery.QUEUED;
    };
  }

  private void open(Invocation call, Service.StreamHandler handler, ServiceScope scope) {
    call.begin();
    try {
      var output = Objects.requireNonNull(call.output()); // the node has looked what was asked for
      handler.stream(call.payload(), new JavaRequestContext(call, gate, scope, clock))
          .subscribe(new PipeFeed(output, () -> call.succeed(Payload.of(null)), call::fail));
    } catch (Exception e) {
      call.fail(Failures.of(e));
    } catch (Error e) { // its caller waits
      call.fail(new RunarException(Code.HANDLER_FAILED, e.toString(), e));
    }
  }

  private void answer(Invocation call, ActionHandler handler, ServiceScope scope) {
    call.begin();
    try {
      call.succeed(
          handler.handle(call.payload(), new JavaRequestContext(call, gate, scope, clock)));
    } catch (Exception e) {
      call.fail(Failures.of(e));
    } catch (Error e) { // its caller waits
      call.fail(new RunarException(Code.HANDLER_FAILED, e.toString(), e));
    }
  }

  private SerialQueue queue() {
    return new SerialQueue(
        config.limits().queuedCallbacks(), config.limits().queuedBytes(), executor);
  }

  private ServiceDefinition.Lifecycle lifecycle(ServiceScope scope, Service service) {
    NodeContext context = new JavaContext(gate, scope);
    Service.Lifecycle lifecycle = service.lifecycle();
    return new ServiceDefinition.Lifecycle() {
      @Override
      public CompletableFuture<Void> init() {
        return run(() -> lifecycle.init(context));
      }

      @Override
      public CompletableFuture<Void> start() {
        return run(() -> lifecycle.start(context));
      }

      @Override
      public CompletableFuture<Void> stop() {
        return run(() -> lifecycle.stop(context));
      }

      @Override
      public CompletableFuture<Void> pause() {
        return run(() -> lifecycle.pause(context));
      }

      @Override
      public CompletableFuture<Void> resume() {
        return run(() -> lifecycle.resume(context));
      }

      @Override
      public CompletableFuture<Optional<Payload>> health() {
        return call(() -> lifecycle.health(context));
      }
    };
  }

  private CompletableFuture<Void> run(Step step) {
    return call(() -> {
          step.run();
          return true;
        })
        .thenRun(() -> {});
  }

  private <T> CompletableFuture<T> call(Callable<T> step) {
    var done = new CompletableFuture<T>();
    executor.execute(
        () -> {
          try {
            done.complete(step.call());
          } catch (Exception | Error e) {
            done.completeExceptionally(Failures.of(e));
          }
        });
    return done;
  }

  private interface Step {
    void run() throws Exception;
  }

  private final class JavaEvents implements EventEndpoint {
    private final EventHandler handler;
    private final ServiceScope scope;
    private final SerialQueue queue = queue();

    JavaEvents(EventHandler handler, ServiceScope scope) {
      this.handler = handler;
      this.scope = scope;
    }

    @Override
    public Delivery offer(EventDelivery delivery) {
      return queue.offer(
          new JavaEventCallback(delivery, handler, new JavaEventContext(delivery, gate, scope)));
    }

    @Override
    public String owner() {
      return scope.owner();
    }
  }

  private final class JavaSockets implements SocketEndpoint {
    private final SocketHandler handler;
    private final SerialQueue queue = queue();
    private final JavaAccept accept;

    JavaSockets(SocketHandler handler) {
      this.handler = handler;
      this.accept = new JavaAccept(handler, executor);
    }

    @Override
    public boolean asks() {
      return true; // whether it has a method of its own, only the call shows
    }

    @Override
    public CompletableFuture<Optional<Payload>> accept(SocketHandler.Request request) {
      return accept.ask(request);
    }

    @Override
    public Delivery open(Session session) {
      return offer(() -> handler.open(session), 0);
    }

    @Override
    public Delivery message(Session session, Payload message) {
      return offer(() -> handler.message(session, message), message.size());
    }

    @Override
    public Delivery close(Session session, int code, String reason) {
      return offer(() -> handler.close(session, code, reason), 0);
    }

    @Override
    public void whenWritable(int bytes, Runnable callback) {
      queue.whenWritable(bytes, callback);
    }

    private Delivery offer(Step step, int size) {
      return queue.offer(
          new Callback() {
            @Override
            public void run() {
              try {
                step.run();
              } catch (Exception | Error e) {
                LOG.log(Level.ERROR, "socket handler failed", e);
              }
            }

            @Override
            public void abandon(RunarException reason) {
              LOG.log(Level.DEBUG, () -> "socket callback abandoned: " + reason.getMessage());
            }

            @Override
            public int size() {
              return size;
            }
          });
    }
  }
}
