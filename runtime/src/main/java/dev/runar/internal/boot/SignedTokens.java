package dev.runar.internal.boot;

import dev.runar.Payload;
import dev.runar.PlainText;
import dev.runar.RunarException;
import dev.runar.channels.TokenKeys;
import dev.runar.internal.broker.ClientTokens;
import dev.runar.internal.broker.Introduction;
import dev.runar.internal.broker.LogRate;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.token.TokenClaims;
import dev.runar.internal.token.TokenVerifier;
import dev.runar.internal.token.Verdict;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What clients may do by their tokens: {@code sub}, {@code exp}, {@code expire_at}, {@code info},
 * {@code b64info}, {@code channels} and {@code channel} as the protocol has them (docs/tokens.md).
 * Any thread.
 */
final class SignedTokens implements ClientTokens {
  private static final Logger LOG = System.getLogger(SignedTokens.class.getName());

  /** Anybody who can connect can show a wrong token. */
  private static final int LINES_PER_SECOND = 10;

  private static final int LONGEST_REASON = 200;

  private final TokenVerifier verifier;
  private final LogRate rate;
  private final Executor work;

  private SignedTokens(TokenVerifier verifier, LogRate rate, Executor work) {
    this.verifier = verifier;
    this.rate = rate;
    this.work = work;
  }

  /**
   * By the keys of a configuration; without any there are no tokens.
   *
   * @param work runs what may block, as keys have to be fetched
   */
  static ClientTokens of(TokenKeys keys, Clock clock, Executor work) {
    return keys.isPresent()
        ? new SignedTokens(
            new TokenVerifier(keys, clock), new LogRate(clock::nanos, LINES_PER_SECOND), work)
        : ClientTokens.none();
  }

  @Override
  public CompletionStage<Connecting> connect(Introduction who) {
    return later(() -> judged(who.token(), SignedTokens::connecting, Connecting.Refused::new));
  }

  @Override
  public boolean isRequired() {
    return true;
  }

  private static Connecting connecting(TokenClaims claims) {
    return claims.channel().isEmpty()
        ? new Connecting.Allowed(claims.subject(), info(claims), expiry(claims), claims.channels())
        : new Connecting.Refused(Disconnect.INVALID_TOKEN.code(), "the token is for a channel");
  }

  @Override
  public CompletionStage<Subscribing> subscribe(
      String user, String client, String channel, String token) {
    return later(
        () ->
            judged(token, claims -> subscribing(claims, user, channel), Subscribing.Refused::new));
  }

  private static Subscribing subscribing(TokenClaims claims, String user, String channel) {
    return claims.channel().equals(channel) && claims.subject().equals(user)
        ? new Subscribing.Allowed(info(claims), expiry(claims))
        : new Subscribing.Refused(
            Disconnect.INVALID_TOKEN.code(), "the token is of another channel or user");
  }

  /** Makes a refusal. */
  private interface Refusal<T> {
    T of(int code, String reason);
  }

  private <T> T judged(String token, Function<TokenClaims, T> allowed, Refusal<T> refused) {
    if (token.isEmpty()) {
      return refused.of(Disconnect.INVALID_TOKEN.code(), "a token is required");
    }
    return switch (verifier.verify(token)) {
      case Verdict.Valid(var claims) -> {
        try {
          yield allowed.apply(claims);
        } catch (IllegalArgumentException e) { // a claim of a wrong kind
          yield invalid(String.valueOf(e.getMessage()), refused);
        }
      }
      case Verdict.Expired() ->
          refused.of(CentrifugalError.TOKEN_EXPIRED.code(), CentrifugalError.TOKEN_EXPIRED.text());
      case Verdict.Invalid(var reason) -> invalid(reason, refused);
      case Verdict.Unavailable(var reason) -> {
        log(Level.WARNING, "a token could not be verified", reason);
        yield refused.of(CentrifugalError.INTERNAL.code(), CentrifugalError.INTERNAL.text());
      }
    };
  }

  private <T> T invalid(String reason, Refusal<T> refused) {
    log(Level.INFO, "a token was refused", reason);
    return refused.of(Disconnect.INVALID_TOKEN.code(), "invalid token");
  }

  /** On one line and cut, since some of it may be the client's. */
  private void log(Level level, String what, String reason) {
    long unseen = rate.admit();
    if (unseen < 0) {
      return;
    }
    String said = PlainText.of(reason);
    String cut = said.length() > LONGEST_REASON ? said.substring(0, LONGEST_REASON) + "…" : said;
    LOG.log(level, what + LogRate.notShown(unseen) + ": " + cut);
  }

  private <T> CompletionStage<T> later(Supplier<T> verdict) {
    return CompletableFuture.supplyAsync(verdict, work);
  }

  /** {@code expire_at} goes before {@code exp}, so that a short-lived token may open a long one. */
  private static long expiry(TokenClaims claims) {
    return switch (claims.all().get("expire_at")) {
      case Number number -> number.longValue();
      case null -> claims.expiresAt().orElse(0L);
      default -> throw new IllegalArgumentException("expire_at must be a number");
    };
  }

  private static @Nullable Payload info(TokenClaims claims) {
    Object encoded = claims.all().get("b64info");
    if (encoded != null) {
      if (!(encoded instanceof String text)) {
        throw new IllegalArgumentException("b64info must be a text");
      }
      return checked(Base64.getDecoder().decode(text));
    }
    Object info = claims.all().get("info");
    return info == null ? null : Payload.of(info);
  }

  /** As JSON: it goes to other clients as it is. */
  private static Payload checked(byte[] json) {
    Payload payload = Payload.encoded(Payload.Kind.JSON, json);
    try {
      return Payload.of(payload.value());
    } catch (RunarException e) {
      throw new IllegalArgumentException("b64info must be JSON in base64", e);
    }
  }
}
