package dev.runar.internal.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.TokenKeys;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a configuration, each with the algorithms that it is for. Any thread; {@link
 * #fitting} may fetch.
 */
final class VerificationKeys {
  private static final int TIMEOUT_MS = 5_000;
  private static final int MOST_BYTES = 262_144;
  private static final long FRESH_MS = 300_000;
  private static final long REFRESH_TIMEOUT_MS = 15_000;
  private static final long BETWEEN_FETCHES_MS = 10_000;
  private static final int MOST_MATCHING = 8;

  private final List<JWSVerifier> own;
  private final @Nullable JWKSource<SecurityContext> fetched;

  private VerificationKeys(List<JWSVerifier> own, @Nullable JWKSource<SecurityContext> fetched) {
    this.own = own;
    this.fetched = fetched;
  }

  /** The keys could not be fetched. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(KeySourceException cause) {
      super("the keys could not be fetched: " + cause.getMessage(), cause);
    }
  }

  static VerificationKeys of(TokenKeys keys) {
    var own = new ArrayList<JWSVerifier>();
    String secret = keys.secret().reveal();
    try {
      if (!secret.isEmpty()) {
        own.add(new MACVerifier(secret));
      }
      if (!keys.publicKey().isEmpty()) {
        own.add(verifier(PemKey.read(Path.of(keys.publicKey()))));
      }
    } catch (JOSEException e) {
      throw new RunarException(Code.CONFIG, "server.tokens: " + e.getMessage(), e);
    }
    return new VerificationKeys(List.copyOf(own), keys.jwks().isEmpty() ? null : at(keys.jwks()));
  }

  private static JWSVerifier verifier(PublicKey key) throws JOSEException {
    return switch (key) {
      case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
      case ECPublicKey elliptic -> new ECDSAVerifier(elliptic);
      case EdECPublicKey edwards -> new EdwardsVerifier(edwards);
      default ->
          throw new JOSEException("a key of the kind " + key.getAlgorithm() + " is not known here");
    };
  }

  /** Fetched when it is needed and remembered; an unknown key makes it fetch again, not often. */
  private static JWKSource<SecurityContext> at(String url) {
    try {
      return JWKSourceBuilder.create(
              URI.create(url).toURL(),
              new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, MOST_BYTES))
          .retrying(true)
          .cache(FRESH_MS, REFRESH_TIMEOUT_MS)
          .refreshAheadCache(false)
          .rateLimited(BETWEEN_FETCHES_MS)
          .outageTolerantForever()
          .build();
    } catch (MalformedURLException e) {
      throw new RunarException(Code.CONFIG, "server.tokens.jwks is no URL: " + url, e);
    }
  }

  /** What may verify a token with this header. */
  List<JWSVerifier> fitting(JWSHeader header) throws UnavailableException, JOSEException {
    JWSAlgorithm algorithm = header.getAlgorithm();
    var fitting = new ArrayList<JWSVerifier>();
    for (JWSVerifier verifier : own) {
      if (verifier.supportedJWSAlgorithms().contains(algorithm)) {
        fitting.add(verifier);
      }
    }
    if (fetched != null && fitting.isEmpty()) {
      for (JWK key : fetchedFor(header, fetched)) {
        fitting.add(verifier(publicKey(key)));
      }
    }
    return fitting;
  }

  /** Only public keys: a secret that anybody can fetch is none. */
  private static List<JWK> fetchedFor(JWSHeader header, JWKSource<SecurityContext> source)
      throws UnavailableException {
    JWSAlgorithm algorithm = header.getAlgorithm();
    if (!JWSAlgorithm.Family.RSA.contains(algorithm)
        && !JWSAlgorithm.Family.EC.contains(algorithm)
        && !EdwardsVerifier.ALGORITHMS.contains(algorithm)) {
      return List.of();
    }
    var matcher = JWKMatcher.forJWSHeader(header);
    if (EdwardsVerifier.ALGORITHMS.contains(algorithm)) {
      var builder = new JWKMatcher.Builder().curves(Curve.Ed25519).keyUses(KeyUse.SIGNATURE, null);
      if (header.getKeyID() != null) {
        builder.keyID(header.getKeyID());
      }
      matcher = builder.build();
    }
    if (matcher == null) {
      return List.of();
    }
    try {
      List<JWK> found = source.get(new JWKSelector(matcher), null);
      return found.subList(0, Math.min(found.size(), MOST_MATCHING));
    } catch (KeySourceException e) {
      throw new UnavailableException(e);
    }
  }

  private static PublicKey publicKey(JWK key) throws JOSEException {
    return switch (key) {
      case RSAKey rsa -> rsa.toRSAPublicKey();
      case ECKey elliptic -> elliptic.toECPublicKey();
      case OctetKeyPair pair when pair.getCurve().equals(Curve.Ed25519) ->
          PemKey.ed25519(pair.getDecodedX());
      default ->
          throw new JOSEException("a key of the kind " + key.getKeyType() + " signs nothing");
    };
  }
}
