package dev.runar.internal.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.runar.channels.TokenKeys;
import dev.runar.spi.Clock;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens (JWS in its compact form, RFC 7515; its claims, RFC 7519). Any thread that may
 * block: keys may have to be fetched.
 *
 * <p>The keys decide which algorithms there are. A token without a signature, and one that is
 * signed with a public key as if it were a secret, are refused like any other of a wrong algorithm.
 */
public final class TokenVerifier {
  private static final int LONGEST = 16_384;

  /** Of clocks that differ, for "not yet". */
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  private final VerificationKeys keys;
  private final String issuer;
  private final String audience;
  private final Clock clock;

  /**
   * A verifier.
   *
   * @throws dev.runar.RunarException {@code CONFIG} when the file of the public key cannot be read
   */
  public TokenVerifier(TokenKeys keys, Clock clock) {
    this.keys = VerificationKeys.of(keys);
    this.issuer = keys.issuer();
    this.audience = keys.audience();
    this.clock = clock;
  }

  /** What becomes of a token. Never throws for what a client can send. */
  public Verdict verify(String token) {
    if (token.length() > LONGEST) {
      return new Verdict.Invalid("it is longer than " + LONGEST + " characters");
    }
    try {
      SignedJWT signed = SignedJWT.parse(token);
      List<JWSVerifier> own = keys.own(signed.getHeader());
      if (isSigned(signed, own)) {
        return timely(signed.getJWTClaimsSet());
      }
      List<JWSVerifier> fetched = keys.fetched(signed.getHeader());
      if (isSigned(signed, fetched)) {
        return timely(signed.getJWTClaimsSet());
      }
      return new Verdict.Invalid(
          own.isEmpty() && fetched.isEmpty()
              ? "no key is for " + signed.getHeader().getAlgorithm()
              : "its signature is wrong");
    } catch (VerificationKeys.UnavailableException e) {
      return new Verdict.Unavailable(String.valueOf(e.getMessage()));
    } catch (ParseException | RuntimeException e) { // also of the library's own
      return new Verdict.Invalid(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isSigned(SignedJWT signed, List<JWSVerifier> verifiers) {
    return verifiers.stream().anyMatch(verifier -> isSigned(signed, verifier));
  }

  /** A key that cannot say, as it is too short for the algorithm, leaves it to those behind it. */
  private static boolean isSigned(SignedJWT signed, JWSVerifier verifier) {
    try {
      return signed.verify(verifier);
    } catch (JOSEException _) {
      return false;
    }
  }

  private Verdict timely(JWTClaimsSet claims) throws ParseException {
    Instant now = Instant.ofEpochMilli(clock.wallMs());
    Optional<Instant> expiry = instant(claims.getExpirationTime());
    if (expiry.isPresent() && !expiry.get().isAfter(now)) {
      return new Verdict.Expired();
    }
    Optional<Instant> begin = instant(claims.getNotBeforeTime());
    if (begin.isPresent() && begin.get().isAfter(now.plus(LEEWAY))) {
      return new Verdict.Invalid("it is not valid before " + begin.get());
    }
    if (!issuer.isEmpty() && !issuer.equals(claims.getIssuer())) {
      return new Verdict.Invalid("it is of another issuer");
    }
    if (!audience.isEmpty() && !claims.getAudience().contains(audience)) {
      return new Verdict.Invalid("it is for another audience");
    }
    return new Verdict.Valid(read(claims));
  }

  private static TokenClaims read(JWTClaimsSet claims) throws ParseException {
    return new TokenClaims(
        Optional.ofNullable(claims.getSubject()).orElse(""),
        instant(claims.getExpirationTime()).map(Instant::getEpochSecond),
        Optional.ofNullable(claims.getStringClaim("channel")).orElse(""),
        texts(claims, "channels"),
        claims.getClaims());
  }

  private static Optional<Instant> instant(@Nullable Date date) {
    return Optional.ofNullable(date).map(Date::toInstant);
  }

  private static List<String> texts(JWTClaimsSet claims, String name) throws ParseException {
    Object value = claims.getClaim(name);
    if (value == null) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    if (value instanceof List<?> list) {
      for (Object one : list) {
        if (!(one instanceof String text)) {
          throw new ParseException(name + " must be a list of texts", 0);
        }
        texts.add(text);
      }
      return List.copyOf(texts);
    }
    throw new ParseException(name + " must be a list of texts", 0);
  }
}
