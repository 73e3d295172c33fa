package dev.runar.internal.script;

import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.Holdings;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.sdk.NodeControl;
import dev.runar.internal.sdk.Placement;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Straight into the node. */
record NodeRegistrar(Supplier<NodeCore> core, NodeControl control) implements Registrar {
  @Override
  public CompletableFuture<Void> add(ServiceDefinition service, Placement placement) {
    return core.get().services().add(service);
  }

  @Override
  public CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition service) {
    return core.get().services().replace(away, service);
  }

  @Override
  public CompletableFuture<Void> remove(String path) {
    return core.get().services().remove(path);
  }

  @Override
  public void away(ServiceDefinition service, String why) {
    core.get().services().away(service, why);
  }

  @Override
  public void gone(ServiceDefinition service) {
    core.get().services().gone(service);
  }

  @Override
  public void forget(ServiceDefinition service) {
    core.get().services().forget(service);
  }

  @Override
  public boolean has(ServiceDefinition service) {
    return core.get().services().has(service);
  }

  @Override
  public Subscription subscribe(String pattern, EventEndpoint handler, SubscribeOptions options) {
    return core.get().subscribe(pattern, handler, options);
  }

  @Override
  public Subscription prepare(String pattern, EventEndpoint handler, SubscribeOptions options) {
    return core.get().prepare(pattern, handler, options);
  }

  @Override
  public List<ServiceDefinition> exchange(Holdings out, Holdings in) {
    return core.get().services().exchange(out, in);
  }

  @Override
  public boolean startsServices() {
    return core.get().services().areStarted();
  }

  @Override
  public CompletableFuture<List<URI>> start() {
    return control.start().thenApply(started -> control.urls());
  }
}
