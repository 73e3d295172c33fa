package dev.runar.internal.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tokens that the test decides on, in the order of the questions. One thread. */
final class HeldTokens implements ClientTokens {
  final List<CompletableFuture<Connecting>> connecting = new ArrayList<>();
  final List<CompletableFuture<Subscribing>> subscribing = new ArrayList<>();

  /** What clients have shown when they connected. */
  final List<String> shown = new ArrayList<>();

  @Override
  public CompletionStage<Connecting> connect(Introduction who) {
    shown.add(who.token());
    connecting.add(new CompletableFuture<>());
    return connecting.getLast();
  }

  @Override
  public boolean isRequired() {
    return true;
  }

  @Override
  public CompletionStage<Subscribing> subscribe(
      String user, String client, String channel, String token) {
    subscribing.add(new CompletableFuture<>());
    return subscribing.getLast();
  }
}
