package dev.runar.internal.script;

import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Straight into the node. */
record NodeRegistrar(Supplier<NodeCore> core, NodeControl control) implements Registrar {
  @Override
  public CompletableFuture<Void> add(ServiceDefinition service, Placement placement) {
    return core.get().addService(service);
  }

  @Override
  public CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition service) {
    return core.get().replaceService(away, service);
  }

  @Override
  public CompletableFuture<Void> remove(String path) {
    return core.get().removeService(path);
  }

  @Override
  public void away(ServiceDefinition service, String why) {
    core.get().serviceAway(service, why);
  }

  @Override
  public void gone(ServiceDefinition service) {
    core.get().serviceGone(service);
  }

  @Override
  public void forget(ServiceDefinition service) {
    core.get().forgetService(service);
  }

  @Override
  public boolean has(ServiceDefinition service) {
    return core.get().hasService(service);
  }

  @Override
  public Subscription subscribe(String pattern, EventEndpoint handler, SubscribeOptions options) {
    return core.get().subscribe(pattern, handler, options);
  }

  @Override
  public CompletableFuture<List<URI>> start() {
    return control.start().thenApply(started -> control.urls());
  }
}
