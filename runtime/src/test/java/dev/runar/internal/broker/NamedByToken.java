package dev.runar.internal.broker;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A token is the name of its user; without one nobody is known. */
final class NamedByToken implements ClientTokens {
  /** Of a node at the clock of {@link NobodyKnown}. */
  static ClientSetting clients() {
    ClientSetting nobody = NobodyKnown.clients();
    return new ClientSetting(new NamedByToken(), nobody.clock(), nobody.delays());
  }

  @Override
  public CompletionStage<Connecting> connect(Introduction who) {
    return CompletableFuture.completedFuture(
        new Connecting.Allowed(who.token(), null, 0, List.of()));
  }

  @Override
  public boolean isRequired() {
    return false;
  }

  @Override
  public CompletionStage<Subscribing> subscribe(
      String user, String client, String channel, String token) {
    throw new AssertionError("nobody shows one");
  }
}
