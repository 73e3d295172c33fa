package dev.runar.internal.node.stage;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.ForwardingInvocation;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.Items;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.node.stage.SchemaChecks.Check;
import dev.runar.internal.schema.JsonSchema;
import dev.runar.internal.schema.SchemaIssue;
import java.util.List;

/**
 * One call whose stream of items is checked, one item after the other and behind the results before
 * on the handler threads: the consumer gets the good ones, and in place of the first bad one the
 * failure. Items that are being checked count as read ahead. Any thread.
 */
final class ItemChecks extends ForwardingInvocation {
  private final Pipe pipe;
  private final JsonSchema schema;
  private final SchemaChecks checks;

  private long index; // of the next item; by the checks, which come one after the other
  private boolean isSpoiled; // as that

  private ItemChecks(Invocation call, Pipe pipe, JsonSchema schema, SchemaChecks checks) {
    super(call);
    this.pipe = pipe;
    this.schema = schema;
    this.checks = checks;
  }

  /** A call of which items are checked, if it is answered with a stream. */
  static Invocation of(Invocation call, JsonSchema schema, SchemaChecks checks) {
    Pipe pipe = call.output();
    if (pipe == null) {
      return call;
    }
    var checked = new ItemChecks(call, pipe, schema, checks);
    pipe.lookedAtBy(checked::look);
    return checked;
  }

  private void look(Items items) {
    inOrder(items.size(), () -> check(items));
  }

  /** Behind the items before. */
  @Override
  public void succeed(Payload result) {
    inOrder(0, () -> call().succeed(result));
  }

  /** Behind the items before. */
  @Override
  public void fail(RunarException error) {
    inOrder(0, () -> call().fail(error));
  }

  private void inOrder(int size, Runnable step) {
    var next =
        new Check(call(), size) {
          @Override
          void check() {
            step.run();
          }
        };
    if (!checks.isTaken(next)) {
      end(List.of(), new RunarException(Code.SHUTDOWN, "the node has stopped"));
    }
  }

  private void check(Items items) {
    if (isSpoiled) {
      return;
    }
    List<Payload> payloads = List.of();
    int good = 0;
    try {
      payloads = items.payloads();
      for (Payload item : payloads) {
        List<SchemaIssue> issues = schema.check(item);
        if (!issues.isEmpty()) {
          end(payloads.subList(0, good), checks.misfit(index, issues));
          return;
        }
        good++;
        index++;
      }
    } catch (RuntimeException | StackOverflowError e) { // the consumer waits
      end(
          payloads.subList(0, good),
          new RunarException(Code.INTERNAL, "item " + index + " could not be checked: " + e, e));
      return;
    }
    pipe.seen(items);
  }

  /** The handler hears of it as of a consumer that has gone, and its work is given up. */
  private void end(List<Payload> good, RunarException failure) {
    isSpoiled = true;
    pipe.spoiled(good.stream().map(Items.One::new).toList());
    if (!call().isSettled()) {
      call().abandon(failure);
    }
  }
}
