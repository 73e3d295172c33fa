package dev.runar.internal.script;

import dev.runar.internal.loop.CallbackQueue;

/**
 * What one script context does.
 *
 * @param name of its entry file
 * @param waiting callbacks in its queue
 * @param waitingBytes their payload bytes
 * @param queued callbacks taken so far
 * @param full offers refused because the queue was full
 * @param closed offers refused because the context was gone
 * @param pending calls and events whose promises are pending
 * @param failed callbacks that threw
 * @param uncaught errors that nobody caught
 * @param state of its script, such as {@code RUNNING}
 * @param deaths of its script's contexts
 * @param restarts of its script
 * @param lastDeath why; empty when there was none
 * @param refusals what its permissions have refused
 */
public record ScriptStatus(
    String name,
    int waiting,
    long waitingBytes,
    long queued,
    long full,
    long closed,
    int pending,
    long failed,
    long uncaught,
    String state,
    long deaths,
    long restarts,
    String lastDeath,
    long refusals) {
  static ScriptStatus of(SupervisedScript script) {
    ScriptHistory history = script.history();
    ScriptContext context = script.context().orElse(null);
    var queue = context == null ? new CallbackQueue.Counts(0, 0, 0, 0) : context.queue().counts();
    var counts = context == null ? new ScriptCounters().counts() : context.counters().counts();
    return new ScriptStatus(
        script.name(),
        context == null ? 0 : context.queue().size(),
        context == null ? 0 : context.queue().sizeBytes(),
        queue.queued(),
        queue.full(),
        queue.closed(),
        context == null ? 0 : context.pending().size(),
        counts.failed(),
        counts.uncaught(),
        history.state().name(),
        history.deaths(),
        history.restarts(),
        history.lastDeath(),
        context == null ? 0 : context.permissions().refusals());
  }
}
