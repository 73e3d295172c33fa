package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.loop.Callback;
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
  }

  @Override
  public Delivery offer(Invocation call) {
    return context.queue().offer(new Turn(call));
  }

  @Override
  public int unanswered() {
    Invocation running = context.turn().request();
    int inTurn = running == null || running.isSettled() ? 0 : 1;
    return context.queue().size() + context.pending() + inTurn;
  }

  @Override
  public boolean isRunning(Invocation call) {
    return context.turn().holdsUp(call, context.owner().turn());
  }

  @Override
  public Optional<String> stackOf(Invocation call) {
    long turn = context.owner().turn();
    if (!context.turn().holdsUp(call, turn)) {
      return Optional.empty();
    }
    context.turn().late(call, turn);
    return Optional.of(context.stack());
  }

  @Override
  public RunarException placed(RunarException failure) {
    return ScriptFailure.of(failure, context.excerpts());
  }

  private final class Turn implements Callback {
    private final Invocation call;

    Turn(Invocation call) {
      this.call = call;
    }

    @Override
    public void run() {
      if (call.isSettled()) {
        return; // timed out or cancelled while it waited: its sender has been told
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
        return new @Nullable Object[] {hostCall, context.values().toScript(call.payload())};
      }
      var arguments = new @Nullable Object[1 + params.size()];
      arguments[0] = hostCall;
      java.util.Arrays.fill(arguments, 1, arguments.length, context.undefined());
      context.values().arguments(call.path(), params, call.payload(), arguments, 1);
      return arguments;
    }

    @Override
    public void abandon(RunarException reason) {
      if (!context.estate().keeps(new Estate.Call(scope, name, call))) {
        call.fail(reason);
      }
    }

    @Override
    public int size() {
      return call.payload().size();
    }
  }
}
