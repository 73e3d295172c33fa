package dev.runar.internal.node;

import dev.runar.ActionHandler;
import dev.runar.Delivery;
import dev.runar.Event;
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
            service.path());
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
                        event.getKey(), events(scope, event.getValue())))
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
        lifecycle(scope, service.lifecycle()));
  }

  /** One handler on one subscription: its events wait for each other. */
  EventEndpoint events(ServiceScope scope, EventHandler handler) {
    SerialQueue queue = queue();
    return delivery -> queue.offer(new EventCallback(delivery, handler, scope));
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
    } catch (StackOverflowError | LinkageError e) {
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
    } catch (StackOverflowError | LinkageError e) {
      call.fail(new RunarException(Code.HANDLER_FAILED, e.toString(), e));
    }
  }

  private SerialQueue queue() {
    return new SerialQueue(
        config.limits().queuedCallbacks(), config.limits().queuedBytes(), executor);
  }

  private ServiceDefinition.Lifecycle lifecycle(ServiceScope scope, Service.Lifecycle lifecycle) {
    NodeContext context = new JavaContext(gate, scope);
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
    };
  }

  private CompletableFuture<Void> run(Step step) {
    var done = new CompletableFuture<Void>();
    executor.execute(
        () -> {
          try {
            step.run();
            done.complete(null);
          } catch (Exception e) {
            done.completeExceptionally(Failures.of(e));
          }
        });
    return done;
  }

  private interface Step {
    void run() throws Exception;
  }

  private final class EventCallback implements Callback {
    private final EventDelivery delivery;
    private final EventHandler handler;
    private final ServiceScope scope;
    private final int size;

    EventCallback(EventDelivery delivery, EventHandler handler, ServiceScope scope) {
      this.delivery = delivery;
      this.handler = handler;
      this.scope = scope;
      this.size = delivery.event().payload().size();
    }

    @Override
    public void run() {
      try {
        handler.handle(delivery.event(), new JavaEventContext(delivery, gate, scope));
        delivery.handled();
      } catch (Exception e) {
        Event event = delivery.event();
        LOG.log(Level.ERROR, "event handler failed topic=" + event.topic(), e);
        delivery.failed(Failures.of(e));
      }
    }

    @Override
    public void abandon(RunarException reason) {
      delivery.failed(reason);
    }

    @Override
    public int size() {
      return size;
    }
  }

  private final class JavaSockets implements SocketEndpoint {
    private final SocketHandler handler;
    private final SerialQueue queue = queue();

    JavaSockets(SocketHandler handler) {
      this.handler = handler;
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
    public void whenWritable(Runnable callback) {
      queue.whenWritable(callback);
    }

    private Delivery offer(Step step, int size) {
      return queue.offer(
          new Callback() {
            @Override
            public void run() {
              try {
                step.run();
              } catch (Exception e) {
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
