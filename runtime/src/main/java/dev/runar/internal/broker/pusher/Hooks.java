package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.NotForCaller;
import dev.runar.internal.node.Outage;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks programs what the clients of an app may do: each hook is an action of the service {@code
 * $hooks-{app}}. Any thread.
 *
 * <p>Without such a service nothing is asked and nothing is made. While it is there but cannot
 * answer, as when its script has died, its hooks fail: what a program would have decided is never
 * passed over.
 */
final class Hooks {
  private static final Logger LOG = System.getLogger(Hooks.class.getName());

  /** The longest that a hook may take; one of a script says less. */
  private static final RequestOptions OPTIONS =
      RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(10)).withCaller("broker");

  /** Of what a program says to a client, in characters. */
  private static final int LONGEST_REASON = 1_000;

  private final NodeGate gate;
  private final Clock clock;
  private final HookStats stats;
  private final Outage outage = new Outage();

  Hooks(NodeGate gate, Clock clock, HookStats stats) {
    this.gate = gate;
    this.clock = clock;
    this.stats = stats;
  }

  /** What is asked, or told. */
  enum Hook {
    CONNECT("connect"),
    SUBSCRIBE("subscribe"),
    CLIENT_EVENT("client-event"),
    /** Only told. */
    DISCONNECT("disconnect");

    private final String action;

    Hook(String action) {
      this.action = action;
    }

    String action() {
      return action;
    }
  }

  /** What a hook says. */
  sealed interface Answer {
    record Allowed() implements Answer {}

    /**
     * It may not.
     *
     * @param why for the client
     */
    record Refused(String why) implements Answer {}

    /** It threw something else than a refusal, was late, or could not be asked. */
    record Failed() implements Answer {}
  }

  /** Whether the app has the hook. */
  boolean has(AppState app, Hook hook) {
    return gate.hasRole(app.hooksPath(), hook.action());
  }

  /**
   * Asks.
   *
   * @param subject what it is about
   * @param then gets the answer, once, on any thread; it must not block
   */
  void ask(AppState app, Hook hook, Payload subject, Consumer<Answer> then) {
    var _ =
        gate.request(path(app, hook), subject, OPTIONS)
            .handle(
                (said, error) ->
                    error == null ? answer(app, hook, said) : failure(app, hook, error))
            .thenAccept(then);
  }

  private static String path(AppState app, Hook hook) {
    return app.hooksPath() + "/" + hook.action();
  }

  /** An answer that cannot be read is none. */
  private Answer answer(AppState app, Hook hook, Payload said) {
    boolean isNo;
    try {
      isNo = said.kind() == Payload.Kind.JSON && Boolean.FALSE.equals(said.value());
    } catch (RuntimeException | Error e) { // whatever it is, the client waits for an answer
      return failed(app, hook, Failures.of(e));
    }
    return isNo ? refused(hook, "the app does not allow it") : allowed(hook);
  }

  private Answer allowed(Hook hook) {
    stats.count(hook, HookStats.Outcome.ALLOWED);
    return new Answer.Allowed();
  }

  private Answer refused(Hook hook, String why) {
    stats.count(hook, HookStats.Outcome.REFUSED);
    boolean isShort = why.length() <= LONGEST_REASON;
    return new Answer.Refused(isShort ? why : why.substring(0, LONGEST_REASON));
  }

  private Answer failure(AppState app, Hook hook, Throwable error) {
    RunarException failure = Failures.of(error);
    return isRefusal(app, hook, failure)
        ? refused(hook, String.valueOf(failure.getMessage()))
        : failed(app, hook, failure);
  }

  /**
   * Only what the hook itself has thrown is one. That it, or what it requests, may not be called is
   * a fault of the program, and its text is not for clients.
   */
  private static boolean isRefusal(AppState app, Hook hook, RunarException failure) {
    String own = path(app, hook);
    return failure.code() == Code.PERMISSION_DENIED
        && !(failure instanceof NotForCaller)
        && failure.path().orElse(own).equals(own);
  }

  private Answer failed(AppState app, Hook hook, RunarException failure) {
    boolean isLate = failure.code() == Code.TIMEOUT;
    stats.count(hook, isLate ? HookStats.Outcome.LATE : HookStats.Outcome.FAILED);
    String text =
        "a hook of an app failed app=%s hook=%s code=%s"
            .formatted(app.id(), hook.action(), failure.code());
    if (outage.begins(clock.nanos())) {
      String once = text + "; not told again until all hooks are well for a minute";
      LOG.log(Level.WARNING, once, failure);
    } else {
      LOG.log(Level.DEBUG, text, failure);
    }
    return new Answer.Failed();
  }
}
