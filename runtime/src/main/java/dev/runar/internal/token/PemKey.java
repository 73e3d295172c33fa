package dev.runar.internal.token;

import com.nimbusds.jose.JOSEException;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Public keys as files and key sets have them. Stateless. */
final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN (PUBLIC KEY|CERTIFICATE)-----([^-]*)-----END \\1-----");
  private static final long MOST_BYTES = 65_536;

  /** What X.509 puts before the 32 bytes of a key (RFC 8410). */
  private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  private PemKey() {}

  /**
   * The key of a PEM file.
   *
   * @throws RunarException {@code CONFIG}, naming the file
   */
  static PublicKey read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw wrong(file, "it is larger than " + MOST_BYTES + " bytes");
      }
      Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
      if (!block.find()) {
        throw wrong(file, "it has neither BEGIN PUBLIC KEY nor BEGIN CERTIFICATE");
      }
      byte[] encoded = Base64.getMimeDecoder().decode(block.group(2));
      return block.group(1).equals("CERTIFICATE") ? certified(encoded) : plain(encoded, file);
    } catch (IOException e) {
      throw wrong(file, "it cannot be read: " + e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw wrong(file, String.valueOf(e.getMessage()));
    }
  }

  private static PublicKey certified(byte[] encoded) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(encoded))
        .getPublicKey();
  }

  private static PublicKey plain(byte[] encoded, Path file) throws GeneralSecurityException {
    for (String kind : List.of("RSA", "EC", "Ed25519")) {
      Optional<PublicKey> key = of(kind, encoded);
      if (key.isPresent()) {
        return key.get();
      }
    }
    throw wrong(file, "its key is neither RSA nor EC nor Ed25519");
  }

  private static Optional<PublicKey> of(String kind, byte[] encoded)
      throws GeneralSecurityException {
    try {
      return Optional.of(
          KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded)));
    } catch (InvalidKeySpecException e) { // of another kind
      return Optional.empty();
    }
  }

  /** The key whose 32 bytes these are. */
  static PublicKey ed25519(byte[] bytes) throws JOSEException {
    byte[] encoded = new byte[ED25519_HEAD.length + bytes.length];
    System.arraycopy(ED25519_HEAD, 0, encoded, 0, ED25519_HEAD.length);
    System.arraycopy(bytes, 0, encoded, ED25519_HEAD.length, bytes.length);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new JOSEException("no key of Ed25519: " + e.getMessage(), e);
    }
  }

  private static RunarException wrong(Path file, String problem) {
    return new RunarException(Code.CONFIG, "server.tokens.publicKey: " + file + ": " + problem);
  }
}
