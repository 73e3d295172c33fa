package dev.runar.internal.server;

import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that a port proves itself with, and its key, which belong to each other.
 * Immutable; any thread.
 *
 * @param chain the port's own certificate first
 */
record PemPair(List<X509Certificate> chain, PrivateKey key) {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END [A-Z ]*-----");
  private static final byte[] PROOF = "one pair".getBytes(StandardCharsets.US_ASCII);

  /** The two files as they are, so that a change is seen; they are not kept. */
  record Text(String certificate, String key) {
    /** Nothing of the key. */
    @Override
    public String toString() {
      return "Text[]";
    }
  }

  /**
   * Reads the files. Blocks.
   *
   * @throws RunarException {@code CONFIG}
   */
  static Text text(PortChoice.Tls config) {
    return new Text(
        read("server.tls.certificate", config.certificate()), read("server.tls.key", config.key()));
  }

  private static String read(String name, String file) {
    Path path = Path.of(file);
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw wrong(name + ": " + file + " is larger than 1 MiB", null);
      }
      return Files.readString(path, StandardCharsets.ISO_8859_1); // every byte is a character
    } catch (IOException e) {
      throw wrong(name + ": cannot read " + file + ": " + e, e);
    }
  }

  /**
   * Understands the files.
   *
   * @param config whose they are, for errors
   * @throws RunarException {@code CONFIG}; it says nothing of what is in the key
   */
  static PemPair parse(Text text, PortChoice.Tls config) {
    List<X509Certificate> chain = chain(text.certificate(), config.certificate());
    X509Certificate own = chain.getFirst();
    PrivateKey key = key(text.key(), config.key(), own.getPublicKey().getAlgorithm());
    if (!belong(own, key)) {
      throw wrong(
          "server.tls: the key in %s is not that of the first certificate in %s"
              .formatted(config.key(), config.certificate()),
          null);
    }
    return new PemPair(chain, key);
  }

  private static List<X509Certificate> chain(String pem, String file) {
    try {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (GeneralSecurityException e) {
      throw wrong("server.tls.certificate: " + file + " holds no certificate in PEM", e);
    }
    throw wrong("server.tls.certificate: " + file + " holds no certificate in PEM", null);
  }

  private static PrivateKey key(String pem, String file, String algorithm) {
    Matcher found = KEY.matcher(pem);
    if (!found.find()) {
      throw wrong("server.tls.key: " + file + " holds no private key in PEM", null);
    }
    if (!found.group(1).equals("PRIVATE KEY")) {
      throw wrong(
          ("server.tls.key: %s holds an %s; write it as PKCS#8 without a password:"
                  + " openssl pkcs8 -topk8 -nocrypt -in %s -out key.pem")
              .formatted(file, found.group(1).toLowerCase(Locale.ROOT), file),
          null);
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(found.group(2));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Not the cause: it may quote the key.
      throw wrong(
          "server.tls.key: %s holds no %s key, as the certificate's is".formatted(file, algorithm),
          null);
    }
  }

  /** By a signature: a pair is often exchanged one file after the other. */
  private static boolean belong(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(PROOF);
      byte[] signature = signing.sign();
      signing.initVerify(certificate.getPublicKey());
      signing.update(PROOF);
      return signing.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static RunarException wrong(String message, @Nullable Throwable cause) {
    return new RunarException(Code.CONFIG, message, cause);
  }
}
