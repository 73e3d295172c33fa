package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.ServiceScope;
import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** One action written in a script. {@link #offer} is for any thread; the rest is the owner's. */
final class ScriptAction implements ActionEndpoint {
  private final ScriptContext context;
  private final ServiceScope scope;
  private final String name;
  private final @Nullable List<String> params;

  /** {@code (call, ...args)}; returns a scalar or settles the call itself. */
  private final Value function;

  private final ObjectShapes shapes;

  /** What answers when this one has failed; set before any call. */
  private @Nullable ScriptAction fallback;

  /** Its like in the context that has taken over. */
  private volatile @Nullable ScriptAction heir;

  ScriptAction(
      ScriptContext context,
      ServiceScope scope,
      String name,
      @Nullable List<String> params,
      Value function) {
    this.context = context;
    this.scope = scope;
    this.name = name;
    this.params = params;
    this.function = function;
    this.shapes = new ObjectShapes(context.context(), context.values());
  }

  /** Before any call: the function that answers in its place when it has failed. */
  void fallback(Value standIn) {
    fallback = new ScriptAction(context, scope, name, null, standIn);
  }

  @Override
  public Optional<ActionEndpoint> fallback() {
    return Optional.ofNullable(fallback);
  }

  @Override
  public Delivery offer(Invocation call) {
    return context.offer(new Turn(call, !context.owner().isOwner()));
  }

  /** From now on another one does what this one is offered; null: none. Any thread. */
  void heir(@Nullable ScriptAction next) {
    heir = next;
    if (fallback != null) {
      fallback.heir(next == null ? null : next.fallback);
    }
  }

  /** A turn that goes on for long counts, too, be its request over or known to nobody. */
  @Override
  public int unanswered() {
    Invocation running = context.turn().request();
    boolean isAnswering = running != null && !running.isSettled();
    int inTurn = isAnswering || context.turn().isLong(context.owner().turn()) ? 1 : 0;
    return context.queue().size() + context.pending().size() + inTurn;
  }

  @Override
  public boolean isRunning(Invocation call) {
    ScriptAction next = heir;
    return context.turn().holdsUp(call, context.owner().turn())
        || (next != null && next.isRunning(call));
  }

  @Override
  public Optional<String> stackOf(Invocation call) {
    long turn = context.owner().turn();
    if (context.turn().holdsUp(call, turn)) {
      context.turn().late(call, turn);
      return Optional.of(context.stack());
    }
    ScriptAction next = heir;
    return next == null ? Optional.empty() : next.stackOf(call);
  }

  @Override
  public RunarException placed(RunarException failure) {
    return ScriptFailure.of(failure, context.excerpts());
  }

  private final class Turn implements Movable {
    private final Invocation call;
    private final boolean canWait;
    private final int size;

    /** What the script asks of itself does not wait: it may be what the others wait for. */
    Turn(Invocation call, boolean canWait) {
      this.call = call;
      this.canWait = canWait;
      this.size = call.payload().size();
    }

    @Override
    public ScriptContext context() {
      return context;
    }

    @Override
    public @Nullable Movable moved() {
      ScriptAction next = heir;
      return next == null ? null : next.new Turn(call, true);
    }

    @Override
    public boolean canWait() {
      return canWait;
    }

    @Override
    public void run() {
      if (call.isSettled()) {
        return; // timed out or cancelled while it waited: its sender has been told
      }
      if (context.succession().handsOn(this)) {
        return;
      }
      call.begin();
      context.turn().request(call);
      try {
        HostCall hostCall = new HostCall(call, scope, context);
        Payload scalar = ScriptValues.scalar(function.execute(arguments(hostCall)));
        if (scalar != null) {
          call.succeed(scalar);
        } else {
          hostCall.awaited();
        }
      } catch (RunarException e) {
        call.fail(e);
      } catch (RuntimeException | Error e) { // also of memory and stack: its sender waits
        call.fail(context.failureOfTurn(e));
      } finally {
        context.turn().request(null);
      }
    }

    private @Nullable Object[] arguments(HostCall hostCall) {
      if (params == null) {
        return new @Nullable Object[] {hostCall, shapes.toScript(call.payload())};
      }
      var arguments = new @Nullable Object[1 + params.size()];
      arguments[0] = hostCall;
      java.util.Arrays.fill(arguments, 1, arguments.length, context.undefined());
      context.values().arguments(call.path(), params, call.payload(), arguments, 1);
      return arguments;
    }

    @Override
    public void abandon(RunarException reason) {
      if (!context.succession().keeps(this) && !isKept()) {
        fail(reason);
      }
    }

    /** A fallback's call would come back as one for the action itself. */
    private boolean isKept() {
      return call.failure() == null && context.estate().keeps(new Estate.Call(scope, name, call));
    }

    @Override
    public void fail(RunarException reason) {
      call.fail(reason);
    }

    @Override
    public int size() {
      return size;
    }
  }
}
