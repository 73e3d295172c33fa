package dev.runar.internal.boot;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.TokenKeys;
import dev.runar.internal.broker.ClientTokens;
import dev.runar.internal.broker.HandlerFailures;
import dev.runar.internal.broker.Introduction;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.Requester;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.spi.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Asks an action who a client is that connects ({@code server.tokens.onConnect}, docs/tokens.md).
 * Any thread. There is at most one question for each session.
 */
final class ConnectHook implements ClientTokens {
  /** What has become of a question. */
  enum Outcome {
    ALLOWED,
    REFUSED,
    /** The action failed, or answered what says nobody. */
    FAILED,
    /** There was no answer in time. */
    LATE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MOST_CHANNELS = 1_000;

  private static final RequestOptions OPTIONS =
      RequestOptions.DEFAULT.withTimeout(PATIENCE).withCaller("connect");

  private final String path;
  private final ClientTokens keys;
  private final boolean hasKeys;
  private final NodeGate gate;
  private final Clock clock;
  private final HandlerFailures failures = new HandlerFailures(System::nanoTime);
  private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

  /**
   * Asks as a configuration says.
   *
   * @param keys looks at tokens, if the configuration has keys
   */
  ConnectHook(TokenKeys config, ClientTokens keys, NodeGate gate, Clock clock) {
    this.path = config.onConnect();
    this.hasKeys = config.isPresent();
    this.keys = keys;
    this.gate = gate;
    this.clock = clock;
    for (Outcome each : Outcome.values()) {
      counts.put(each, new LongAdder());
    }
  }

  @Override
  public CompletionStage<Connecting> connect(Introduction who) {
    if (hasKeys && !who.token().isEmpty()) {
      return keys.connect(who);
    }
    CompletableFuture<Payload> asked =
        gate.request(Requester.PROGRAM, path, question(who), OPTIONS);
    CompletableFuture<Connecting> told =
        asked.handle(
            (answer, error) -> error == null ? allowed(answer) : refused(who, Failures.of(error)));
    var _ =
        told.whenComplete(
            (verdict, error) -> {
              if (told.isCancelled()) { // the client has gone
                asked.cancel(false);
              }
            });
    return told;
  }

  private static Payload question(Introduction who) {
    Payload data = who.data();
    return Payload.object(
        "token", who.token(),
        "data", data == null ? null : data.value(),
        "client", who.client(),
        "transport", who.transport(),
        "remote", who.remote(),
        "headers", who.headers());
  }

  private Connecting allowed(Payload answer) {
    try {
      Connecting read = read(answer);
      count(Outcome.ALLOWED);
      return read;
    } catch (RunarException e) {
      count(Outcome.FAILED);
      throw e;
    }
  }

  private Connecting read(Payload answer) {
    if (!(answer.value() instanceof Map<?, ?> said)) {
      throw wrong("must answer an object such as { user: \"ada\" }");
    }
    return new Connecting.Allowed(
        user(said.get("user")),
        plain("info", said.get("info")),
        expiry(said.get("expires")),
        channels(said.get("channels")),
        plain("data", said.get("data")));
  }

  private String user(@Nullable Object user) {
    return switch (user) {
      case null -> "";
      case String name -> name;
      default -> throw wrong("must answer user as a string");
    };
  }

  private @Nullable Payload plain(String name, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    Payload payload = Payload.of(value);
    if (payload.kind() != Payload.Kind.JSON) {
      throw wrong("must answer " + name + " as plain JSON");
    }
    return payload;
  }

  /** Seconds from now. */
  private long expiry(@Nullable Object seconds) {
    return switch (seconds) {
      case null -> 0;
      case Number number when number.longValue() > 0 -> clock.wallMs() / 1_000 + number.longValue();
      default -> throw wrong("must answer expires as seconds above 0");
    };
  }

  private List<String> channels(@Nullable Object channels) {
    if (channels == null) {
      return List.of();
    }
    if (!(channels instanceof List<?> list) || list.size() > MOST_CHANNELS) {
      throw wrong("must answer channels as a list of at most " + MOST_CHANNELS);
    }
    var names = new ArrayList<String>();
    for (Object each : list) {
      if (!(each instanceof String name)) {
        throw wrong("must answer channels as strings");
      }
      names.add(name);
    }
    return names;
  }

  private RunarException wrong(String what) {
    return new RunarException(
        Code.CONFIG, "the action " + path + " of server.tokens.onConnect " + what);
  }

  /** Whoever may not gets no second chance; everything else may pass. */
  private Connecting refused(Introduction who, RunarException failure) {
    switch (failure.code()) {
      case PERMISSION_DENIED -> {
        count(Outcome.REFUSED);
        String reason = failures.shown(path, "session " + who.client(), failure).message();
        return new Connecting.Refused(Disconnect.INVALID_TOKEN.code(), reason);
      }
      case OVERLOADED -> {
        count(Outcome.FAILED);
        CentrifugalError busy = CentrifugalError.TOO_MANY_REQUESTS;
        return new Connecting.Refused(busy.code(), busy.text());
      }
      case TIMEOUT -> count(Outcome.LATE);
      default -> count(Outcome.FAILED);
    }
    throw new CompletionException(failure);
  }

  private void count(Outcome outcome) {
    LongAdder count = counts.get(outcome);
    if (count != null) {
      count.increment();
    }
  }

  /** Who has said nothing may do nothing. */
  @Override
  public boolean isRequired() {
    return true;
  }

  @Override
  public CompletionStage<Subscribing> subscribe(
      String user, String client, String channel, String token) {
    return keys.subscribe(user, client, channel, token);
  }

  /** What has become of the questions. */
  Map<String, Long> snapshot() {
    var shown = new TreeMap<String, Long>();
    counts.forEach((outcome, count) -> shown.put(outcome.label(), count.sum()));
    return shown;
  }
}
