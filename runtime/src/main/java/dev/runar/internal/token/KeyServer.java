package dev.runar.internal.token;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.token.VerificationKeys.UnavailableException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that a server has: fetched when they are needed and remembered. After a while
 * they are fetched again by a thread of its own, so that nobody whose key is known waits for the
 * server; an unknown key makes it fetch at once, but not often. Any thread.
 */
final class KeyServer {
  /** To connect, and to read; with one more try less than clients wait for an answer. */
  private static final int TIMEOUT_MS = 2_000;

  private static final int MOST_BYTES = 262_144;
  private static final Times TIMES = new Times(600_000, 300_000, 15_000, 10_000);

  private final Fetches fetches;
  private final JWKSource<SecurityContext> remembered;

  /**
   * How long keys are good.
   *
   * @param rememberedMs until they are none any more, unless the server cannot be reached
   * @param freshMs until they are fetched again when one is used
   * @param waitMs who wants an unknown key waits so long for a fetch that somebody else began
   * @param betweenMs in which it is fetched twice at most
   */
  record Times(long rememberedMs, long freshMs, long waitMs, long betweenMs) {}

  /** Sees whether the server answers. */
  private static final class Fetches extends JWKSetSourceWrapper<SecurityContext> {
    /** The last time that it was asked and that is over. */
    private volatile boolean hasAnswered;

    Fetches(URL url) {
      super(
          new URLBasedJWKSetSource<>(
              url, new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, MOST_BYTES)));
    }

    @Override
    public JWKSet getJWKSet(
        JWKSetCacheRefreshEvaluator evaluator, long nowMs, @Nullable SecurityContext context)
        throws KeySourceException {
      boolean isAnswer = false;
      try {
        JWKSet keys = getSource().getJWKSet(evaluator, nowMs, context);
        isAnswer = true;
        return keys;
      } finally {
        hasAnswered = isAnswer;
      }
    }
  }

  KeyServer(URL url, Times times) {
    fetches = new Fetches(url);
    remembered =
        JWKSourceBuilder.create(fetches)
            .retrying(true)
            .cache(times.rememberedMs(), times.waitMs())
            .refreshAheadCache(
                times.rememberedMs() - times.freshMs(),
                null,
                Executors.newVirtualThreadPerTaskExecutor(),
                false,
                null,
                false)
            .rateLimited(times.betweenMs())
            .outageTolerantForever()
            .build();
  }

  /**
   * The server at a URL; nothing is fetched yet.
   *
   * @throws RunarException {@code CONFIG} when it is no URL
   */
  static KeyServer at(String url) {
    try {
      return new KeyServer(URI.create(url).toURL(), TIMES);
    } catch (MalformedURLException e) {
      throw new RunarException(Code.CONFIG, "server.tokens.jwks is no URL: " + url, e);
    }
  }

  /** What may verify a token with this header. Only public keys: a fetched secret is none. */
  List<JWK> fitting(JWSHeader header) throws UnavailableException {
    JWKMatcher matcher = matcher(header);
    if (matcher == null) {
      return List.of();
    }
    try {
      List<JWK> found = remembered.get(new JWKSelector(matcher), null);
      if (found.isEmpty()
          && !fetches.hasAnswered) { // looked for in what was there before an outage
        throw new UnavailableException("the server of the keys did not answer");
      }
      return found;
    } catch (RateLimitReachedException e) {
      if (fetches.hasAnswered) {
        return List.of(); // it was none of the server's a moment ago
      }
      throw new UnavailableException(e);
    } catch (KeySourceException e) {
      throw new UnavailableException(e);
    }
  }

  private static @Nullable JWKMatcher matcher(JWSHeader header) {
    JWSAlgorithm algorithm = header.getAlgorithm();
    if (EdwardsVerifier.ALGORITHMS.contains(algorithm)) {
      var builder = new JWKMatcher.Builder().curves(Curve.Ed25519).keyUses(KeyUse.SIGNATURE, null);
      if (header.getKeyID() != null) {
        builder.keyID(header.getKeyID());
      }
      return builder.build();
    }
    if (JWSAlgorithm.Family.EC.contains(algorithm)) {
      return new JWKMatcher.Builder(JWKMatcher.forJWSHeader(header))
          .curves(Curve.forJWSAlgorithm(algorithm))
          .build();
    }
    return JWSAlgorithm.Family.RSA.contains(algorithm) ? JWKMatcher.forJWSHeader(header) : null;
  }
}
