package dev.runar.internal.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.runar.RunarException;
import dev.runar.channels.TokenKeys;
import dev.runar.spi.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokenVerifierTest {
  private static final String SECRET = "a secret of at least thirty-two bytes";
  private static final long NOW_S = 1_800_000_000;

  private static final Clock CLOCK =
      new Clock() {
        @Override
        public long nanos() {
          return 0;
        }

        @Override
        public long wallMs() {
          return NOW_S * 1_000;
        }
      };

  @TempDir Path folder;

  private static TokenVerifier verifier(TokenKeys keys) {
    return new TokenVerifier(keys, CLOCK);
  }

  private static TokenVerifier verifier() {
    return verifier(TokenKeys.NONE.withSecret(SECRET));
  }

  private static String signed(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    var token = new SignedJWT(new JWSHeader(algorithm), claims);
    token.sign(signer);
    return token.serialize();
  }

  private static String signed(JWTClaimsSet claims) throws JOSEException {
    return signed(JWSAlgorithm.HS256, new MACSigner(SECRET), claims);
  }

  private static JWTClaimsSet.Builder ada() {
    return new JWTClaimsSet.Builder().subject("ada");
  }

  private static String url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair pair(String kind, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    if (bits > 0) {
      generator.initialize(bits);
    }
    return generator.generateKeyPair();
  }

  private TokenKeys pem(PublicKey key) throws IOException {
    String text =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key.getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    return TokenKeys.NONE.withPublicKey(
        Files.writeString(folder.resolve("key.pem"), text).toString());
  }

  private static void assertValid(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Valid.class);
  }

  private static void assertInvalid(Verdict verdict, String reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Invalid.class, invalid -> assertThat(invalid.reason()).contains(reason));
  }

  @Test
  void whatItSaysIsRead() throws JOSEException {
    String token =
        signed(
            ada()
                .expirationTime(Date.from(Instant.ofEpochSecond((NOW_S + 60))))
                .claim("channel", "chat/1")
                .claim("channels", List.of("news", "chat/2"))
                .claim("info", Map.of("name", "Ada"))
                .build());
    assertThat(verifier().verify(token))
        .isInstanceOfSatisfying(
            Verdict.Valid.class,
            valid -> {
              TokenClaims claims = valid.claims();
              assertThat(claims.subject()).isEqualTo("ada");
              assertThat(claims.expiresAt()).isEqualTo(Optional.of(NOW_S + 60));
              assertThat(claims.channel()).isEqualTo("chat/1");
              assertThat(claims.channels()).containsExactly("news", "chat/2");
              assertThat(claims.all()).containsEntry("info", Map.of("name", "Ada"));
            });
  }

  @Test
  void aTokenOfNobodyHasNoSubject() throws JOSEException {
    assertThat(verifier().verify(signed(new JWTClaimsSet.Builder().build())))
        .isEqualTo(
            new Verdict.Valid(new TokenClaims("", Optional.empty(), "", List.of(), Map.of())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void aSecretIsForItsAlgorithms(String name) throws JOSEException {
    String secret = SECRET.repeat(2);
    String token = signed(JWSAlgorithm.parse(name), new MACSigner(secret), ada().build());
    assertValid(verifier(TokenKeys.NONE.withSecret(secret)).verify(token));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512"})
  void aKeyOfRsaIsForItsAlgorithms(String name) throws Exception {
    KeyPair pair = pair("RSA", 2_048);
    JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
    String token = signed(algorithm, new RSASSASigner(pair.getPrivate()), ada().build());
    assertValid(verifier(pem(pair.getPublic())).verify(token));
    assertInvalid(
        verifier(pem(pair("RSA", 2_048).getPublic())).verify(token), "signature is wrong");
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 384, 521})
  void aKeyOfACurveIsForItsAlgorithm(int bits) throws Exception {
    KeyPair pair = pair("EC", bits);
    JWSAlgorithm algorithm = JWSAlgorithm.parse("ES" + (bits == 521 ? 512 : bits));
    String token =
        signed(algorithm, new ECDSASigner((ECPrivateKey) pair.getPrivate()), ada().build());
    assertValid(verifier(pem(pair.getPublic())).verify(token));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EdDSA", "Ed25519"})
  void ed25519(String name) throws Exception {
    KeyPair pair = pair("Ed25519", 0);
    String content = url("{\"alg\":\"" + name + "\"}") + "." + url("{\"sub\":\"ada\"}");
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(content.getBytes(StandardCharsets.US_ASCII));
    String token =
        content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
    TokenVerifier verifier = verifier(pem(pair.getPublic()));
    assertValid(verifier.verify(token));
    assertInvalid(verifier.verify(content + ".AAAA"), "signature is wrong");
    assertInvalid(
        verifier(pem(pair("Ed25519", 0).getPublic())).verify(token), "signature is wrong");
  }

  @Test
  void noSignatureIsNoToken() {
    String token = url("{\"alg\":\"none\"}") + "." + url("{\"sub\":\"ada\"}") + ".";
    assertThat(verifier().verify(token)).isInstanceOf(Verdict.Invalid.class);
  }

  /** A public key is known to all: as a secret it would sign anything. */
  @Test
  void aPublicKeyIsNoSecret() throws Exception {
    KeyPair pair = pair("RSA", 2_048);
    var signer = new MACSigner(pair.getPublic().getEncoded());
    String token = signed(JWSAlgorithm.HS256, signer, ada().build());
    assertInvalid(verifier(pem(pair.getPublic())).verify(token), "no key is for HS256");
  }

  @Test
  void whatIsCriticalAndNotKnownIsRefused() throws Exception {
    var header =
        new JWSHeader.Builder(JWSAlgorithm.HS256).criticalParams(java.util.Set.of("x")).build();
    var token = new SignedJWT(header, ada().build());
    token.sign(new MACSigner(SECRET));
    assertInvalid(verifier().verify(token.serialize()), "signature is wrong");
  }

  @Test
  void timeIsUpAtTheSecondItSays() throws JOSEException {
    assertThat(
            verifier()
                .verify(
                    signed(ada().expirationTime(Date.from(Instant.ofEpochSecond(NOW_S))).build())))
        .isEqualTo(new Verdict.Expired());
    assertValid(
        verifier()
            .verify(
                signed(
                    ada().expirationTime(Date.from(Instant.ofEpochSecond((NOW_S + 1)))).build())));
    assertInvalid(
        verifier()
            .verify(
                signed(
                    ada().notBeforeTime(Date.from(Instant.ofEpochSecond((NOW_S + 60)))).build())),
        "not valid before");
    assertValid(
        verifier()
            .verify(
                signed(
                    ada().notBeforeTime(Date.from(Instant.ofEpochSecond((NOW_S + 4)))).build())));
  }

  @Test
  void anExpiredOneOfSomebodyElseIsNotEvenExpired() throws JOSEException {
    var signer = new MACSigner("another secret, also of 32 bytes and more");
    String token =
        signed(JWSAlgorithm.HS256, signer, ada().expirationTime(Date.from(Instant.EPOCH)).build());
    assertInvalid(verifier().verify(token), "signature is wrong");
  }

  @Test
  void issuerAndAudienceAreThoseThatAreAskedFor() throws JOSEException {
    TokenVerifier verifier =
        verifier(TokenKeys.NONE.withSecret(SECRET).withIssuer("us").withAudience("chat"));
    assertValid(verifier.verify(signed(ada().issuer("us").audience(List.of("a", "chat")).build())));
    assertInvalid(verifier.verify(signed(ada().issuer("us").build())), "audience");
    assertInvalid(verifier.verify(signed(ada().audience("chat").build())), "issuer");
  }

  @Test
  void changedOnTheWay() throws JOSEException {
    String token = signed(ada().build());
    String[] parts = token.split("\\.", -1);
    String other = parts[0] + "." + url("{\"sub\":\"bob\"}") + "." + parts[2];
    assertInvalid(verifier().verify(other), "signature is wrong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        "eyJhbGciOiJIUzI1NiJ9..",
        "eyJhbGciOiJIUzI1NiJ9.e30",
        "eyJhbGciOjF9.e30.AAAA",
        "e30.e30.AAAA",
        "bnVsbA.e30.AAAA",
        "eyJhbGciOiJIUzI1NiJ9.e30.\u0000"
      })
  void whatIsNoTokenIsInvalid(String text) {
    assertThat(verifier().verify(text)).isInstanceOf(Verdict.Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "{\"exp\":\"soon\"}",
        "{\"channels\":\"a\"}",
        "{\"channels\":[1]}",
        "{\"channel\":1}",
        "{\"sub\":\"a\",\"sub\":\"b\"}"
      })
  void claimsOfAWrongKindAreInvalid(String claims) throws Exception {
    String content = url("{\"alg\":\"HS256\"}") + "." + url(claims);
    var mac = javax.crypto.Mac.getInstance("HmacSHA256");
    mac.init(
        new javax.crypto.spec.SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] signature = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
    String token =
        content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    assertThat(verifier().verify(token)).isInstanceOf(Verdict.Invalid.class);
  }

  @Test
  void aMegabyteIsNotEvenRead() {
    assertInvalid(verifier().verify("a".repeat(1 << 20)), "longer than");
  }

  @Test
  void keysThatAreNoneAreTold() throws IOException {
    assertThatThrownBy(() -> TokenKeys.NONE.withSecret("short"))
        .hasMessage("secret must be at least 32 bytes (RFC 7518), it has 5");
    assertThatThrownBy(() -> TokenKeys.NONE.withJwks("ftp://a/b"))
        .hasMessage("jwks must be an http:// or https:// URL");
    Path none = folder.resolve("none.pem");
    assertThatThrownBy(() -> verifier(TokenKeys.NONE.withPublicKey(none.toString())))
        .isInstanceOf(RunarException.class)
        .hasMessageContaining("server.tokens.publicKey: " + none);
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    assertThatThrownBy(() -> verifier(TokenKeys.NONE.withPublicKey(empty.toString())))
        .hasMessageContaining("neither BEGIN PUBLIC KEY nor BEGIN CERTIFICATE");
    Path bad =
        Files.writeString(
            folder.resolve("bad.pem"),
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
    assertThatThrownBy(() -> verifier(TokenKeys.NONE.withPublicKey(bad.toString())))
        .hasMessageContaining("neither RSA nor EC nor Ed25519");
  }
}
