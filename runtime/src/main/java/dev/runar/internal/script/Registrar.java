package dev.runar.internal.script;

import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.Holdings;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.sdk.Placement;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where a script context puts what it defines: straight into the node, or with somebody who stands
 * between the two. Any thread; never blocks.
 */
interface Registrar {
  /**
   * What the node is to register for a service: the service itself, or what stands for its
   * instances.
   *
   * @param anew whether it is to take the place of what stands for such a service now
   */
  default CompletableFuture<ServiceDefinition> place(
      ServiceDefinition service, Placement placement, boolean anew) {
    return CompletableFuture.completedFuture(service);
  }

  /** Registers and initialises a service, and starts it if the node runs. */
  CompletableFuture<Void> add(ServiceDefinition service, Placement placement);

  /** As {@link #add}, in the place of one that is away, which stays if this one fails. */
  CompletableFuture<Void> replace(ServiceDefinition away, ServiceDefinition service);

  /** Stops and removes the service of a path. */
  CompletableFuture<Void> remove(String path);

  /** The context of the service has ended, and another will take its place. */
  void away(ServiceDefinition service, String why);

  /** The context of the service has ended for good. */
  void gone(ServiceDefinition service);

  /** After {@link #gone}: its path is free. */
  void forget(ServiceDefinition service);

  /** Whether it is this one that has its path, in whatever state. */
  boolean has(ServiceDefinition service);

  /** Subscribes a handler of no service. */
  Subscription subscribe(String pattern, EventEndpoint handler, SubscribeOptions options);

  /** Which instance of a service the context is; negative: it is the script's own. */
  default int instance() {
    return -1;
  }

  /**
   * When a new context counts as loaded; asked before its top level begins.
   *
   * @param topLevel completes when the top level has run
   */
  default CompletableFuture<Void> loaded(CompletableFuture<Void> topLevel) {
    return topLevel;
  }

  /** As {@link #subscribe}, but not active before its place is given to it. */
  Subscription prepare(String pattern, EventEndpoint handler, SubscribeOptions options);

  /**
   * Puts what one context has into the place of what others have, in one step.
   *
   * @return the services that have gone out: those of the others that were there
   */
  List<ServiceDefinition> exchange(Holdings out, Holdings in);

  /** Whether services are started when they are added. */
  boolean startsServices();

  /** The script has said that the node is to start; completes with where clients reach it. */
  CompletableFuture<List<URI>> start();
}
