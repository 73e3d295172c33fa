package dev.runar.internal.script;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Session;
import dev.runar.SocketHandler;
import dev.runar.internal.node.SocketEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** The handlers of one raw WebSocket path, written in a script. Offers are for any thread. */
final class ScriptSockets implements SocketEndpoint {
  private final ScriptContext context;

  /** {@code (what, delivery, session, kind, data, code, reason)}. */
  private final Value function;

  /** {@code (requestJson, take, reject)}; null: everybody may connect. */
  private final @Nullable Value accept;

  /** Sessions whose opening the script has seen and whose close it has not. */
  private final Map<String, Session> open = new ConcurrentHashMap<>();

  /** Its like in the context that has taken over. */
  private volatile @Nullable ScriptSockets heir;

  ScriptSockets(ScriptContext context, Value function, @Nullable Value accept) {
    this.context = context;
    this.function = function;
    this.accept = accept;
  }

  @Override
  public boolean asks() {
    return accept != null;
  }

  @Override
  public CompletableFuture<Optional<Payload>> accept(SocketHandler.Request request) {
    var word = new CompletableFuture<Optional<Payload>>();
    Movable call = acceptCall(request, word);
    switch (call == null ? Delivery.CLOSED : context.offer(call)) {
      case QUEUED -> {}
      case FULL ->
          word.completeExceptionally(
              new RunarException(Code.OVERLOADED, "the script has too much to do"));
      case CLOSED -> word.completeExceptionally(context.gone());
    }
    return word;
  }

  private @Nullable Movable acceptCall(
      SocketHandler.Request request, CompletableFuture<Optional<Payload>> word) {
    return accept == null ? null : new AcceptCall(context, accept, request, word, this::inHeir);
  }

  /** One that lets everybody in leaves it to this one to say no. */
  private @Nullable Movable inHeir(
      SocketHandler.Request request, CompletableFuture<Optional<Payload>> word) {
    ScriptSockets next = heir;
    return next == null ? null : next.acceptCall(request, word);
  }

  @Override
  public Delivery open(Session session) {
    return context.offer(new Turn("open", session, null, 0, "", false));
  }

  @Override
  public Delivery message(Session session, Payload message) {
    return context.offer(new Turn("message", session, message, 0, "", false));
  }

  @Override
  public Delivery close(Session session, int code, String reason) {
    return context.offer(new Turn("close", session, null, code, reason, false));
  }

  @Override
  public void whenWritable(int bytes, Runnable callback) {
    ScriptSockets next = heir;
    if (next == null) {
      context.queue().whenWritable(bytes, callback);
    } else {
      next.whenWritable(bytes, callback); // the one that was full
    }
  }

  /** From now on another one does what this one is offered; null: none. Any thread. */
  void heir(@Nullable ScriptSockets next) {
    heir = next;
  }

  /** What tells the heir of the sessions that are open here and not there. */
  List<Movable> openings() {
    ScriptSockets next = heir;
    if (next == null) {
      return List.of();
    }
    return open.values().stream()
        .filter(session -> !next.open.containsKey(session.id()))
        .<Movable>map(session -> next.new Turn("open", session, null, 0, "", true))
        .toList();
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

  private final class Turn implements Movable {
    private final String what;
    private final Session session;
    private final @Nullable Payload message;
    private final int code;
    private final String reason;
    private final boolean carriedOver;
    private final int size;

    Turn(
        String what,
        Session session,
        @Nullable Payload message,
        int code,
        String reason,
        boolean carriedOver) {
      this.what = what;
      this.session = session;
      this.message = message;
      this.code = code;
      this.reason = reason;
      this.carriedOver = carriedOver;
      this.size = message == null ? 0 : message.size();
    }

    @Override
    public ScriptContext context() {
      return context;
    }

    @Override
    public @Nullable Movable moved() {
      ScriptSockets next = heir;
      return next == null ? null : next.new Turn(what, session, message, code, reason, carriedOver);
    }

    @Override
    public void run() {
      if (context.succession().handsOn(this)) {
        return;
      }
      note();
      String subject = "socket " + session.path() + " " + what;
      try {
        var crossing =
            message == null
                ? new ScriptValues.Crossing("value", null)
                : ScriptValues.crossing(message);
        function.executeVoid(
            what,
            new Outcome(context, subject),
            new HostSession(session, context, carriedOver),
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

    private void note() {
      switch (what) {
        case "open" -> open.put(session.id(), session);
        case "close" -> open.remove(session.id());
        default -> {}
      }
    }

    @Override
    public void abandon(RunarException why) {
      if (!context.succession().keeps(this)) {
        fail(why);
      }
    }

    /** The session is told by being closed: nobody handles it any more. */
    @Override
    public void fail(RunarException why) {
      session.close(1013, "the service is gone, try again later");
    }

    @Override
    public int size() {
      return size;
    }
  }
}
