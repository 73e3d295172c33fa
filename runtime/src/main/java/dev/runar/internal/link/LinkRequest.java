package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.node.Pipes;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One thing that the JavaScript side has asked and waits for. Any thread. */
final class LinkRequest implements Streaming {
  private final Pipes pipes;
  private final @Nullable ItemSender sender;
  private final @Nullable ItemReceiver receiver;
  private volatile Map<String, String> meta = Map.of();
  private volatile @Nullable CompletableFuture<?> answer;
  private volatile boolean isCancelled;

  LinkRequest(Peer peer, long id, Pipes pipes) {
    this.pipes = pipes;
    Pipe read = pipes.output();
    this.sender = read == null ? null : new ItemSender(peer, id, 0, read, this::metaHead);
    Pipe written = pipes.input();
    this.receiver = written == null ? null : new ItemReceiver(peer, id, Frame.INPUT, written);
  }

  /** It is under way. */
  void begun(CompletableFuture<?> underWay) {
    answer = underWay;
    if (isCancelled) {
      underWay.cancel(false);
    }
  }

  void meta(Map<String, String> told) {
    meta = told;
  }

  /** What was said beside the answer; null: nothing. */
  @Nullable Payload metaHead() {
    Map<String, String> told = meta;
    return told.isEmpty() ? null : Payload.object("meta", told);
  }

  /** Who has asked has given up. */
  void cancel() {
    isCancelled = true;
    if (sender != null) {
      sender.stop();
    }
    CompletableFuture<?> underWay = answer;
    if (underWay != null) {
      underWay.cancel(false);
    }
  }

  /** Who has asked is gone. */
  void abandon(RunarException reason) {
    if (pipes.input() != null) {
      pipes.input().fail(reason);
    }
    cancel();
  }

  /** Its answer is there, so no item is taken any more. */
  void over() {
    if (receiver != null) {
      receiver.over();
    }
  }

  @Override
  public @Nullable ItemReceiver receiver(boolean isInput) {
    return isInput ? receiver : null;
  }

  @Override
  public @Nullable ItemSender sender(boolean isInput) {
    return isInput ? null : sender;
  }
}
