package dev.runar.internal.link;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.sdk.Placement;
import dev.runar.internal.sdk.SdkLifecycle;
import dev.runar.internal.sdk.SdkService;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The services of the JavaScript side. Any thread; never blocks. */
final class LinkServices {
  private final Peer peer;
  private final LinkSessions sessions;
  private final Set<ServiceDefinition> services = ConcurrentHashMap.newKeySet();

  LinkServices(Peer peer, LinkSessions sessions) {
    this.peer = peer;
    this.sessions = sessions;
  }

  /** Adds the service that the frame describes. */
  CompletableFuture<Void> add(Frame frame) {
    Head head = frame.heads();
    String definition = frame.payload() == null ? head.json("definition") : frame.payload().text();
    if (definition == null) {
      throw new RunarException(Code.INVALID_INPUT, "ADD_SERVICE has no definition");
    }
    Placement placement = SdkService.placement(definition);
    if (placement.instances() > 1) {
      throw new RunarException(
          Code.CONFIG,
          "a service has instances: "
              + placement.instances()
              + ", and services inside of Node.js or Bun live in one context; leave out instances,"
              + " or run the script with `runar run`");
    }
    NodeCore core = peer.core().get();
    peer.queue().bound(core.config().limits());
    ServiceDefinition service =
        SdkService.define(core.config(), services, definition, new Numbered(peer, sessions, head));
    services.add(service);
    return core.services()
        .add(service)
        .whenComplete(
            (done, error) -> {
              if (error != null && !core.services().has(service)) {
                services.remove(service);
              }
            });
  }

  CompletableFuture<Void> remove(Frame frame) {
    String path = frame.heads().needed("path");
    NodeCore core = peer.core().get();
    return core.services()
        .remove(path)
        .whenComplete((done, error) -> services.removeIf(each -> !core.services().has(each)));
  }

  /** What the handler that asks works on, where a frame says it; null: it is not known. */
  @Nullable LinkTask task(Head head) {
    if (head.values().get("within") == null) {
      return null;
    }
    Head within = head.part("within");
    long id = Math.max(within.number("call"), within.number("event"));
    if (id != 0 && peer.exchanges().find(id) instanceof LinkTask task) {
      return task;
    }
    String path = within.text("service");
    return services.stream()
        .map(ServiceDefinition::scope)
        .filter(scope -> scope.servicePath().equals(path))
        .findFirst()
        .map(LinkTask.OfService::new)
        .orElse(null);
  }

  /** The JavaScript side is gone, and does not come back. */
  void end() {
    Aside.each(services, service -> peer.core().get().services().gone(service));
    services.clear();
  }

  /** The handlers of one service, by the numbers that the other side has given to them. */
  private record Numbered(Peer peer, LinkSessions sessions, Head head)
      implements SdkService.Handlers {

    @Override
    public ActionEndpoint action(ServiceScope scope, String name, @Nullable List<String> params) {
      return new LinkAction(peer, scope, path(scope, name), number("actions", name), null);
    }

    @Override
    public ActionEndpoint withFallback(
        ServiceScope scope, String name, @Nullable List<String> params) {
      String path = path(scope, name);
      LinkAction standIn = new LinkAction(peer, scope, path, number("fallbacks", name), null);
      return new LinkAction(peer, scope, path, number("actions", name), standIn);
    }

    /** The network of the node goes without saying, as in most requests. */
    private String path(ServiceScope scope, String name) {
      String path = scope.servicePath() + "/" + name;
      String own = peer.core().get().config().networkId();
      return scope.networkId().equals(own) ? path : scope.networkId() + ":" + path;
    }

    @Override
    public EventEndpoint event(ServiceScope scope, String pattern) {
      return new LinkEvents(peer, scope, scope, number("events", pattern));
    }

    @Override
    public SocketEndpoint socket(ServiceScope scope, String url) {
      int accept = head.numbers("accepts").getOrDefault(url, 0);
      return new LinkSockets(peer, sessions, number("sockets", url), accept);
    }

    @Override
    public SdkLifecycle.Steps steps(ServiceScope scope) {
      return new LinkSteps(peer, scope, Map.copyOf(head.numbers("steps")));
    }

    private int number(String of, String name) {
      Integer number = head.numbers(of).get(name);
      if (number == null) {
        throw new RunarException(
            Code.INVALID_INPUT, "there is no handler for \"" + name + "\" among the " + of);
      }
      return number;
    }
  }
}
