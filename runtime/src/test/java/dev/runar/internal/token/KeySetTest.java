package dev.runar.internal.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.runar.channels.TokenKeys;
import dev.runar.spi.Clock;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are fetched from a server. */
@Timeout(60)
class KeySetTest {
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile String answer = "{\"keys\":[]}";
  private volatile int status = 200;
  private volatile CountDownLatch hanging = new CountDownLatch(0);
  private HttpServer server;

  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/keys",
        exchange -> {
          fetches.incrementAndGet();
          try {
            hanging.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
  }

  private TokenVerifier verifier() {
    return new TokenVerifier(TokenKeys.NONE.withJwks(url()), Clock.system());
  }

  private static String token(JWK key, JWSAlgorithm algorithm) throws Exception {
    var header = new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build();
    var token = new SignedJWT(header, new JWTClaimsSet.Builder().subject("ada").build());
    token.sign(
        switch (key) {
          case RSAKey rsa -> new RSASSASigner(rsa);
          case ECKey elliptic -> new ECDSASigner(elliptic);
          case OctetSequenceKey secret -> new MACSigner(secret);
          default -> throw new AssertionError(key);
        });
    return token.serialize();
  }

  @Test
  void aTokenIsVerifiedWithTheKeyThatItNames() throws Exception {
    RSAKey rsa = new RSAKeyGenerator(2_048).keyID("1").generate();
    ECKey elliptic = new ECKeyGenerator(Curve.P_256).keyID("2").generate();
    answer = new JWKSet(List.of(rsa, elliptic)).toString(true);
    TokenVerifier verifier = verifier();
    assertThat(verifier.verify(token(rsa, JWSAlgorithm.RS256))).isInstanceOf(Verdict.Valid.class);
    assertThat(verifier.verify(token(elliptic, JWSAlgorithm.ES256)))
        .isInstanceOf(Verdict.Valid.class);
    RSAKey other = new RSAKeyGenerator(2_048).keyID("1").generate();
    assertThat(verifier.verify(token(other, JWSAlgorithm.RS256)))
        .isEqualTo(new Verdict.Invalid("its signature is wrong"));
    assertThat(fetches).as("they are remembered").hasValue(1);
  }

  @Test
  void anEdwardsKeyIsUsedToo() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    var base64 = Base64.getUrlEncoder().withoutPadding();
    answer =
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"e\",\"x\":\""
            + base64.encodeToString(raw)
            + "\"}]}";
    String content =
        base64.encodeToString("{\"alg\":\"EdDSA\",\"kid\":\"e\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + base64.encodeToString("{\"sub\":\"ada\"}".getBytes(StandardCharsets.UTF_8));
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(content.getBytes(StandardCharsets.US_ASCII));
    assertThat(verifier().verify(content + "." + base64.encodeToString(signer.sign())))
        .isInstanceOf(Verdict.Valid.class);
  }

  /** A secret that anybody can fetch is none. */
  @Test
  void aSecretAmongThemIsNotUsed() throws Exception {
    OctetSequenceKey secret = new OctetSequenceKeyGenerator(256).keyID("s").generate();
    answer = new JWKSet(secret).toString(false);
    assertThat(verifier().verify(token(secret, JWSAlgorithm.HS256)))
        .isEqualTo(new Verdict.Invalid("no key is for HS256"));
    assertThat(fetches).hasValue(0);
  }

  @Test
  void unknownKeysDoNotMakeItFetchEachTime() throws Exception {
    RSAKey known = new RSAKeyGenerator(2_048).keyID("1").generate();
    answer = new JWKSet(known).toString(true);
    TokenVerifier verifier = verifier();
    assertThat(verifier.verify(token(known, JWSAlgorithm.RS256))).isInstanceOf(Verdict.Valid.class);
    for (int i = 0; i < 50; i++) {
      RSAKey unknown = new RSAKey.Builder(known).keyID("unknown-" + i).build();
      assertThat(verifier.verify(token(unknown, JWSAlgorithm.RS256)))
          .as("the server has just said that it has none such")
          .isInstanceOf(Verdict.Invalid.class);
    }
    assertThat(fetches.get()).isLessThan(4);
  }

  @Test
  void aKeyOfARotationWhileTheServerIsAwayIsNotInvalid() throws Exception {
    RSAKey old = new RSAKeyGenerator(2_048).keyID("old").generate();
    RSAKey rotated = new RSAKeyGenerator(2_048).keyID("rotated").generate();
    answer = new JWKSet(old).toString(true);
    TokenVerifier verifier = verifier();
    assertThat(verifier.verify(token(old, JWSAlgorithm.RS256))).isInstanceOf(Verdict.Valid.class);
    status = 503;
    for (int i = 0; i < 5; i++) {
      assertThat(verifier.verify(token(rotated, JWSAlgorithm.RS256)))
          .isInstanceOf(Verdict.Unavailable.class);
    }
    assertThat(verifier.verify(token(old, JWSAlgorithm.RS256))).isInstanceOf(Verdict.Valid.class);
    assertThat(fetches.get()).isLessThan(4);
  }

  @Test
  void aRotatedKeyIsFoundOnceTheServerIsBack() throws Exception {
    RSAKey old = new RSAKeyGenerator(2_048).keyID("old").generate();
    RSAKey rotated = new RSAKeyGenerator(2_048).keyID("rotated").generate();
    answer = new JWKSet(old).toString(true);
    var server =
        new KeyServer(URI.create(url()).toURL(), new KeyServer.Times(60_000, 30_000, 1_000, 1));
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256);
    assertThat(server.fitting(header.keyID("old").build())).hasSize(1);
    status = 503;
    assertThatThrownBy(() -> server.fitting(header.keyID("rotated").build()))
        .isInstanceOf(VerificationKeys.UnavailableException.class);
    answer = new JWKSet(rotated).toString(true);
    status = 200;
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(VerificationKeys.UnavailableException.class) // the rate
        .until(() -> server.fitting(header.keyID("rotated").build()).size() == 1);
  }

  @Test
  void keysOfOtherCurvesBeforeTheRightOneAreNotUsed() throws Exception {
    var keys = new ArrayList<JWK>();
    for (int i = 0; i < 9; i++) {
      keys.add(new ECKeyGenerator(Curve.P_384).generate());
    }
    ECKey right = new ECKeyGenerator(Curve.P_256).generate();
    keys.add(right);
    answer = new JWKSet(keys).toString(true);
    TokenVerifier verifier = verifier();
    assertThat(verifier.verify(token(right, JWSAlgorithm.ES256))).isInstanceOf(Verdict.Valid.class);
    ECKey other = new ECKeyGenerator(Curve.P_256).generate();
    assertThat(verifier.verify(token(other, JWSAlgorithm.ES256)))
        .isEqualTo(new Verdict.Invalid("its signature is wrong"));
  }

  @Test
  void keysThatNothingCanBeVerifiedWithAreLeftOut() throws Exception {
    RSAKey right = new RSAKeyGenerator(2_048).generate();
    // The platform makes no key of the first, and verifies no RS512 with the second.
    answer = new JWKSet(List.of(rsa(256), rsa(512), right)).toString(true);
    assertThat(verifier().verify(token(right, JWSAlgorithm.RS512)))
        .isInstanceOf(Verdict.Valid.class);
  }

  private static RSAKey rsa(int bits) {
    BigInteger modulus = BigInteger.ONE.setBit(bits - 1);
    return new RSAKey.Builder(
            Base64URL.encode(modulus), Base64URL.encode(BigInteger.valueOf(65_537)))
        .build();
  }

  @Test
  void whatCouldNotBeFetchedIsNotInvalidHoweverOftenItIsAsked() throws Exception {
    RSAKey known = new RSAKeyGenerator(2_048).keyID("1").generate();
    answer = "no keys at all";
    TokenVerifier verifier = verifier();
    for (int i = 0; i < 10; i++) {
      assertThat(verifier.verify(token(known, JWSAlgorithm.RS256)))
          .isInstanceOf(Verdict.Unavailable.class);
    }
    assertThat(fetches.get()).isLessThan(6);
  }

  @Test
  void aFetchedKeyIsGoodBesideAnOwnOneOfTheSameKind() throws Exception {
    RSAKey own = new RSAKeyGenerator(2_048).keyID("own").generate();
    RSAKey fetched = new RSAKeyGenerator(2_048).keyID("fetched").generate();
    answer = new JWKSet(fetched).toString(true);
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(own.toRSAPublicKey().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    Path file = Files.writeString(folder.resolve("own.pem"), pem);
    var verifier =
        new TokenVerifier(
            TokenKeys.NONE.withPublicKey(file.toString()).withJwks(url()), Clock.system());
    assertThat(verifier.verify(token(own, JWSAlgorithm.RS256))).isInstanceOf(Verdict.Valid.class);
    assertThat(fetches).hasValue(0);
    assertThat(verifier.verify(token(fetched, JWSAlgorithm.RS256)))
        .isInstanceOf(Verdict.Valid.class);
    RSAKey other = new RSAKeyGenerator(2_048).keyID("fetched").generate();
    assertThat(verifier.verify(token(other, JWSAlgorithm.RS256)))
        .isEqualTo(new Verdict.Invalid("its signature is wrong"));
  }

  @Test
  void theyAreFetchedAgainWhileTheyAreUsed() throws Exception {
    RSAKey known = new RSAKeyGenerator(2_048).keyID("1").generate();
    answer = new JWKSet(known).toString(true);
    var server =
        new KeyServer(URI.create(url()).toURL(), new KeyServer.Times(60_000, 1_000, 1_000, 10_000));
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("1").build();
    assertThat(server.fitting(header)).hasSize(1);
    var stopped = new CountDownLatch(1);
    hanging = stopped;
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> server.fitting(header).size() == 1 && fetches.get() > 1);
      assertThat(server.fitting(header)).hasSize(1); // though it hangs
    } finally {
      stopped.countDown();
    }
  }

  @Test
  void withoutTheServerNothingIsKnown() throws Exception {
    RSAKey known = new RSAKeyGenerator(2_048).keyID("1").generate();
    TokenVerifier verifier = verifier();
    server.stop(0);
    assertThat(verifier.verify(token(known, JWSAlgorithm.RS256)))
        .isInstanceOf(Verdict.Unavailable.class);
  }

  @Test
  void whatItWasServedBeforeIsGoodEnoughInAnOutage() throws Exception {
    RSAKey known = new RSAKeyGenerator(2_048).keyID("1").generate();
    answer = new JWKSet(known).toString(true);
    TokenVerifier verifier = verifier();
    assertThat(verifier.verify(token(known, JWSAlgorithm.RS256))).isInstanceOf(Verdict.Valid.class);
    server.stop(0);
    assertThat(verifier.verify(token(known, JWSAlgorithm.RS256))).isInstanceOf(Verdict.Valid.class);
  }
}
