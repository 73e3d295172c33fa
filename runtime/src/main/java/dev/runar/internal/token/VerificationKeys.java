package dev.runar.internal.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.channels.TokenKeys;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a configuration, each with the algorithms that it is for. Any thread; {@link
 * #fetched} may fetch.
 */
final class VerificationKeys {
  /** So many signatures are looked at for one token, at most. */
  private static final int MOST_FETCHED = 8;

  private final List<JWSVerifier> own;
  private final @Nullable KeyServer server;

  private VerificationKeys(List<JWSVerifier> own, @Nullable KeyServer server) {
    this.own = own;
    this.server = server;
  }

  /** The keys could not be fetched. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(KeySourceException cause) {
      super("the keys could not be fetched: " + cause.getMessage(), cause);
    }

    UnavailableException(String problem) {
      super("the keys could not be fetched: " + problem);
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
    return new VerificationKeys(
        List.copyOf(own), keys.jwks().isEmpty() ? null : KeyServer.at(keys.jwks()));
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

  /** Those of the configuration that may verify a token with this header. */
  List<JWSVerifier> own(JWSHeader header) {
    return own.stream().filter(verifier -> isFor(verifier, header)).toList();
  }

  private static boolean isFor(JWSVerifier verifier, JWSHeader header) {
    return verifier.supportedJWSAlgorithms().contains(header.getAlgorithm());
  }

  /** The first of a server that may, if there is one. */
  List<JWSVerifier> fetched(JWSHeader header) throws UnavailableException {
    List<JWK> keys = server == null ? List.of() : server.fitting(header);
    return keys.stream()
        .flatMap(key -> usable(key).stream())
        .filter(verifier -> isFor(verifier, header))
        .limit(MOST_FETCHED)
        .toList();
  }

  /**
   * A set may be for others too, who can do more with its keys: those that are none here do no
   * harm.
   */
  private static Optional<JWSVerifier> usable(JWK key) {
    try {
      return Optional.of(verifier(publicKey(key)));
    } catch (JOSEException _) {
      return Optional.empty();
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
