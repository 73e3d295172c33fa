package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Session;
import dev.runar.internal.loop.Callback;
import dev.runar.internal.node.SocketEndpoint;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** The handlers of one raw WebSocket path, written in a script. Offers are for any thread. */
final class ScriptSockets implements SocketEndpoint {
  private final ScriptContext context;

  /** {@code (what, delivery, session, kind, data, code, reason)}. */
  private final Value function;

  ScriptSockets(ScriptContext context, Value function) {
    this.context = context;
    this.function = function;
  }

  @Override
  public Delivery open(Session session) {
    return offer("open", session, null, 0, "");
  }

  @Override
  public Delivery message(Session session, Payload message) {
    return offer("message", session, message, 0, "");
  }

  @Override
  public Delivery close(Session session, int code, String reason) {
    return offer("close", session, null, code, reason);
  }

  @Override
  public void whenWritable(Runnable callback) {
    context.queue().whenWritable(callback);
  }

  private Delivery offer(
      String what, Session session, @Nullable Payload message, int code, String reason) {
    return context.queue().offer(new Turn(what, session, message, code, reason));
  }

  /** What the script says of the callback. Owner thread only. */
  public static final class Outcome {
    private final ScriptContext context;
    private final String what;

    Outcome(ScriptContext context, String what) {
      this.context = context;
      this.what = what;
    }

    @HostAccess.Export
    public void handled() {
      context.counters().handled();
    }

    @HostAccess.Export
    public void failed(String json) {
      context.report(ScriptErrors.fromJson(json, context.excerpts()), what);
    }
  }

  private final class Turn implements Callback {
    private final String what;
    private final Session session;
    private final @Nullable Payload message;
    private final int code;
    private final String reason;

    Turn(String what, Session session, @Nullable Payload message, int code, String reason) {
      this.what = what;
      this.session = session;
      this.message = message;
      this.code = code;
      this.reason = reason;
    }

    @Override
    public void run() {
      String subject = "socket " + session.path() + " " + what;
      try {
        var crossing =
            message == null
                ? new ScriptValues.Crossing("value", null)
                : ScriptValues.crossing(message);
        function.executeVoid(
            what,
            new Outcome(context, subject),
            new HostSession(session, context),
            crossing.kind(),
            crossing.data(),
            code,
            reason);
      } catch (RuntimeException e) {
        RunarException failure = context.failure(e);
        context.report(failure, subject);
        if (failure.code() == Code.CONTEXT_GONE) {
          abandon(failure);
        }
      }
    }

    /** The session is told by being closed: nobody handles it any more. */
    @Override
    public void abandon(RunarException why) {
      session.close(1013, "the service is gone, try again later");
    }

    @Override
    public int size() {
      return message == null ? 0 : message.size();
    }
  }
}
