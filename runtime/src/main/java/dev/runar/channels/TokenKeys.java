package dev.runar.channels;

import dev.runar.apps.Secret;
import java.net.URI;

/**
 * What the tokens of clients (JWT, RFC 7519) are verified with. A key accepts only the algorithms
 * that it is for, whatever a token says of itself. Immutable.
 *
 * @param secret at least 32 bytes, for HS256, HS384 and HS512; empty: none
 * @param publicKey a PEM file with a public key or a certificate, for RS256 and its like, ES256 and
 *     its like, or EdDSA; empty: none
 * @param jwks where a set of public keys is fetched, an {@code http} or {@code https} URL; empty:
 *     nowhere
 * @param issuer what {@code iss} must be; empty: anything
 * @param audience what {@code aud} must have in it; empty: anything
 * @param onConnect the action that is asked about each client that connects and shows no token that
 *     a key here is for; empty: none
 */
public record TokenKeys(
    Secret secret,
    String publicKey,
    String jwks,
    String issuer,
    String audience,
    String onConnect) {
  private static final int LEAST_SECRET = 32;

  /** None: no token is accepted. */
  public static final TokenKeys NONE = new TokenKeys(new Secret(""), "", "", "", "", "");

  /**
   * Keys.
   *
   * @throws IllegalArgumentException for a secret that is too short, or a URL that is none
   */
  public TokenKeys {
    int bytes = secret.reveal().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes > 0 && bytes < LEAST_SECRET) {
      throw new IllegalArgumentException(
          "secret must be at least " + LEAST_SECRET + " bytes (RFC 7518), it has " + bytes);
    }
    if (!jwks.isEmpty() && !isHttp(jwks)) {
      throw new IllegalArgumentException("jwks must be an http:// or https:// URL");
    }
  }

  /** Whether any token can be accepted. */
  public boolean isPresent() {
    return !secret.reveal().isEmpty() || !publicKey.isEmpty() || !jwks.isEmpty();
  }

  public TokenKeys withSecret(String newSecret) {
    return new TokenKeys(new Secret(newSecret), publicKey, jwks, issuer, audience, onConnect);
  }

  public TokenKeys withPublicKey(String newPublicKey) {
    return new TokenKeys(secret, newPublicKey, jwks, issuer, audience, onConnect);
  }

  public TokenKeys withJwks(String newJwks) {
    return new TokenKeys(secret, publicKey, newJwks, issuer, audience, onConnect);
  }

  public TokenKeys withIssuer(String newIssuer) {
    return new TokenKeys(secret, publicKey, jwks, newIssuer, audience, onConnect);
  }

  public TokenKeys withAudience(String newAudience) {
    return new TokenKeys(secret, publicKey, jwks, issuer, newAudience, onConnect);
  }

  public TokenKeys withOnConnect(String newOnConnect) {
    return new TokenKeys(secret, publicKey, jwks, issuer, audience, newOnConnect);
  }

  private static boolean isHttp(String url) {
    try {
      URI uri = URI.create(url);
      return uri.getHost() != null && uri.getScheme().matches("https?");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
