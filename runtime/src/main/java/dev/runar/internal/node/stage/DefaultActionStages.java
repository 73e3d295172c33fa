package dev.runar.internal.node.stage;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Bulkhead;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.loop.SerialQueue;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.ActionStages;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceDefinition.Action;
import dev.runar.internal.schema.JsonSchema;
import dev.runar.internal.schema.JsonSchemas;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stages that there are, in their order from the caller to the handler: input schema, cache,
 * fallback, retry, breaker, bulkhead, handler, output schema. An action has those that its options
 * ask for. Any thread.
 */
public final class DefaultActionStages implements ActionStages {
  private final JsonSchemas schemas = new JsonSchemas();
  private final Executor handlerThreads;
  private final Function<NodeCore, RetryStage.Time> times;

  /**
   * @param handlerThreads where schemas are checked and calls are tried again
   */
  public DefaultActionStages(Clock clock, Executor handlerThreads) {
    this(
        core ->
            new RetryStage.Time(
                clock,
                core.delays(),
                handlerThreads,
                () -> ThreadLocalRandom.current().nextDouble()),
        handlerThreads);
  }

  DefaultActionStages(Function<NodeCore, RetryStage.Time> times, Executor handlerThreads) {
    this.handlerThreads = handlerThreads;
    this.times = times;
  }

  @Override
  public ActionEndpoint around(ServiceDefinition service, Action action, NodeCore core) {
    ActionEndpoint handler = action.endpoint();
    ActionOptions options = action.options();
    String where = "service " + service.scope().servicePath() + ": action " + action.name();
    String name = "action " + service.scope().servicePath() + "/" + action.name();
    checkStreams(options, handler.fallback().isPresent(), where);
    JsonSchema input = compiled(options.input(), where + ": input");
    JsonSchema output = compiled(options.output(), where + ": output");
    RetryStage.Time time = times.apply(core);
    var counters = new Counters();
    var answers = new Answers(options.errors());
    var checks = new SchemaChecks(name, queue(core.config()), counters);

    ActionEndpoint next = handler;
    if (output != null) {
      next = options.stream() ? checks.items(output, next) : checks.output(output, next);
    }
    if (!options.bulkhead().equals(Bulkhead.UNBOUNDED)) {
      next =
          new BulkheadStage(
              name,
              options.bulkhead(),
              options.timeout(Duration.ZERO, core.config().requestTimeout()),
              next,
              time,
              counters);
    }
    if (options.breaker() != null) {
      next = new BreakerStage(name, options.breaker(), answers, next, time.clock(), counters);
    }
    if (options.retry().attempts() > 1) {
      next = new RetryStage(options.retry(), options.idempotent(), answers, next, time, counters);
    }
    if (handler.fallback().isPresent()) {
      next = new FallbackStage(handler.fallback().get(), answers, next, counters);
    }
    CacheStage cache = null;
    if (options.cache() != null) {
      cache = new CacheStage(options.cache(), next, time.clock(), counters);
      next = cache;
      checkTopics(service, options.cache(), where);
    }
    if (input != null) {
      next = checks.input(input, next);
    }
    return next.equals(handler) ? handler : staged(service, handler, next, counters, cache, core);
  }

  private static StagedAction staged(
      ServiceDefinition service,
      ActionEndpoint handler,
      ActionEndpoint outermost,
      Counters counters,
      @Nullable CacheStage cache,
      NodeCore core) {
    return cache == null
        ? new StagedAction(handler, outermost, counters, () -> {}, () -> {})
        : new StagedAction(
            handler, outermost, counters, () -> cache.open(core, service.scope()), cache::close);
  }

  private @Nullable JsonSchema compiled(@Nullable Payload schema, String where) {
    return schema == null ? null : schemas.compile(schema, where);
  }

  private SerialQueue queue(NodeConfig config) {
    return new SerialQueue(
        config.limits().queuedCallbacks(), config.limits().queuedBytes(), handlerThreads);
  }

  private static void checkStreams(ActionOptions options, boolean hasFallback, String where) {
    boolean isRepeated = options.cache() != null || options.retry().attempts() > 1;
    if (options.stream() && (isRepeated || hasFallback)) {
      throw refused(where + ": a stream is not cached, retried or replaced by a fallback");
    }
    if (options.takesStream() && isRepeated) {
      throw refused(
          where
              + ": takesStream goes with neither cache nor retry: what its caller sends is read"
              + " once");
    }
  }

  private static RunarException refused(String why) {
    return new RunarException(Code.INVALID_INPUT, why);
  }

  /** Here, since the registration must fail of it. */
  private static void checkTopics(
      ServiceDefinition service, ActionOptions.Cache cache, String where) {
    for (String pattern : cache.invalidatedBy()) {
      try {
        TopicPattern _ =
            TopicPattern.parse(service.scope().resolve(pattern), service.scope().networkId());
      } catch (RunarException e) {
        throw new RunarException(e.code(), where + ": cache.invalidatedBy: " + e.getMessage(), e);
      }
    }
  }
}
