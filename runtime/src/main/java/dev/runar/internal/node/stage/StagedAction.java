package dev.runar.internal.node.stage;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.ActionStage;
import dev.runar.internal.node.Invocation;
import java.util.Map;
import java.util.Optional;

/**
 * An action with its stages around it: what is asked about a running call goes to the handler, what
 * is offered goes through the stages. Any thread.
 */
final class StagedAction implements ActionStage {
  private final ActionEndpoint handler;
  private final ActionEndpoint outermost;
  private final Counters counters;
  private final Runnable opening;
  private final Runnable closing;

  StagedAction(
      ActionEndpoint handler,
      ActionEndpoint outermost,
      Counters counters,
      Runnable opening,
      Runnable closing) {
    this.handler = handler;
    this.outermost = outermost;
    this.counters = counters;
    this.opening = opening;
    this.closing = closing;
  }

  @Override
  public Delivery offer(Invocation call) {
    counters.add(Count.CALLS);
    return outermost.offer(call);
  }

  @Override
  public int unanswered() {
    return handler.unanswered();
  }

  @Override
  public Optional<String> stackOf(Invocation call) {
    return handler.stackOf(call);
  }

  @Override
  public RunarException placed(RunarException failure) {
    return handler.placed(failure);
  }

  @Override
  public boolean isRunning(Invocation call) {
    return handler.isRunning(call);
  }

  @Override
  public void open() {
    opening.run();
  }

  @Override
  public void close() {
    closing.run();
  }

  @Override
  public Map<String, Long> counts() {
    return counters.counts();
  }
}
