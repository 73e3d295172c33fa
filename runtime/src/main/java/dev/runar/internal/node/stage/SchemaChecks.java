package dev.runar.internal.node.stage;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.loop.Callback;
import dev.runar.internal.loop.SerialQueue;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.ForwardingInvocation;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.schema.JsonSchema;
import dev.runar.internal.schema.SchemaIssue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The JSON Schemas of one action. Checks run one after the other on the handler threads, since
 * callers may be owner threads and event loops, and so that the calls of one caller stay in order.
 * Any thread.
 *
 * <p>When too many inputs wait to be checked, more are refused; a result is always taken, since its
 * request has a place among those in flight.
 */
final class SchemaChecks {
  private final String action;
  private final SerialQueue queue;
  private final Counters counters;

  /**
   * @param action for messages, such as {@code action math/add}
   */
  SchemaChecks(String action, SerialQueue queue, Counters counters) {
    this.action = action;
    this.queue = queue;
    this.counters = counters;
  }

  /** Offers on only what fits, by its names. */
  ActionEndpoint input(JsonSchema schema, ActionEndpoint next) {
    return call -> queue.offer(new InputCheck(call, schema, next));
  }

  /** Settles a call with its result only if that fits. */
  ActionEndpoint output(JsonSchema schema, ActionEndpoint next) {
    return call -> next.offer(new CheckedResult(call, schema));
  }

  private void count(Count misfit, List<SchemaIssue> issues) {
    counters.add(misfit);
    if (issues.stream().anyMatch(SchemaIssue::isGivenUp)) {
      counters.add(Count.PATTERNS_GIVEN_UP);
    }
  }

  /** Hands on the items of a stream that fit, up to the first that does not. */
  ActionEndpoint items(JsonSchema schema, ActionEndpoint next) {
    return call -> next.offer(ItemChecks.of(call, schema, this));
  }

  /** Of a value that is there already, behind those before. */
  boolean isTaken(Callback check) {
    return queue.offerReserved(check) == Delivery.QUEUED;
  }

  /** The failure for an item that does not fit. */
  RunarException misfit(long index, List<SchemaIssue> issues) {
    count(Count.INVALID_OUTPUT, issues);
    return misfit(Code.HANDLER_FAILED, "item " + index, Map.of("index", index), issues);
  }

  private RunarException misfit(Code code, String what, List<SchemaIssue> issues) {
    return misfit(code, what, Map.of(), issues);
  }

  private RunarException misfit(
      Code code, String what, Map<String, ?> more, List<SchemaIssue> issues) {
    String words = issues.stream().map(SchemaIssue::text).collect(Collectors.joining("; "));
    var data = new LinkedHashMap<String, Object>(more);
    data.put(
        "issues",
        issues.stream()
            .map(
                issue ->
                    Map.of(
                        "path", issue.path(),
                        "message", issue.message(),
                        "keyword", issue.keyword()))
            .toList());
    String message = "the " + what + " of " + action + " does not fit: " + words;
    return new RunarException(code, message, null, Payload.of(data), null, null);
  }

  /** A check of a value on the handler threads. */
  abstract static class Check implements Callback {
    final Invocation call;
    private final int size;

    Check(Invocation call, int size) {
      this.call = call;
      this.size = size;
    }

    @Override
    public final void run() {
      try {
        check();
      } catch (RuntimeException | Error e) { // its caller waits
        call.fail(new RunarException(Code.INTERNAL, "a schema could not be checked: " + e, e));
      }
    }

    abstract void check();

    @Override
    public final void abandon(RunarException reason) {
      call.fail(reason);
    }

    @Override
    public final int size() {
      return size;
    }
  }

  private final class InputCheck extends Check {
    /** Bytes of an input that is decoded here, to spare the one thread that a script has. */
    private static final int DECODED_AHEAD = 1_024;

    private final JsonSchema schema;
    private final ActionEndpoint next;

    InputCheck(Invocation call, JsonSchema schema, ActionEndpoint next) {
      super(call, call.payload().size());
      this.schema = schema;
      this.next = next;
    }

    @Override
    void check() {
      if (call.isSettled()) {
        return;
      }
      Optional<Payload> named = schema.named(call.payload());
      Payload input = named.orElse(call.payload());
      List<SchemaIssue> issues = schema.check(input);
      if (!issues.isEmpty()) {
        count(Count.INVALID_INPUT, issues);
        call.fail(misfit(Code.INVALID_INPUT, "input", issues));
        return;
      }
      if (input.size() <= DECODED_AHEAD) {
        var _ = input.value();
      }
      next.submit(named.isEmpty() ? call : new NamedInput(call, input));
    }
  }

  /** The input by its names. */
  private static final class NamedInput extends ForwardingInvocation {
    private final Payload named;

    NamedInput(Invocation call, Payload named) {
      super(call);
      this.named = named;
    }

    @Override
    public Payload payload() {
      return named;
    }
  }

  private final class CheckedResult extends ForwardingInvocation {
    private final JsonSchema schema;

    CheckedResult(Invocation call, JsonSchema schema) {
      super(call);
      this.schema = schema;
    }

    @Override
    public void succeed(Payload result) {
      if (queue.offerReserved(new OutputCheck(call(), schema, result)) != Delivery.QUEUED) {
        call().fail(new RunarException(Code.SHUTDOWN, "the node has stopped"));
      }
    }
  }

  private final class OutputCheck extends Check {
    private final JsonSchema schema;
    private final Payload result;

    OutputCheck(Invocation call, JsonSchema schema, Payload result) {
      super(call, result.size());
      this.schema = schema;
      this.result = result;
    }

    @Override
    void check() {
      List<SchemaIssue> issues = call.isSettled() ? List.of() : schema.check(result);
      if (issues.isEmpty()) {
        call.succeed(result);
      } else {
        count(Count.INVALID_OUTPUT, issues);
        call.fail(misfit(Code.HANDLER_FAILED, "result", issues));
      }
    }
  }
}
