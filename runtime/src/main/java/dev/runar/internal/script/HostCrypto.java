package dev.runar.internal.script;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** What {@code node:crypto} asks of the host: random bytes and digests. Owner thread only. */
public final class HostCrypto {
  private static final int MAX_RANDOM_BYTES = 16 << 20;

  private final SecureRandom random = new SecureRandom();

  /** A digest or a keyed digest in the making. */
  public static final class HostDigest {
    private final @Nullable MessageDigest digest;
    private final @Nullable Mac mac;

    private HostDigest(@Nullable MessageDigest digest, @Nullable Mac mac) {
      this.digest = digest;
      this.mac = mac;
    }

    @HostAccess.Export
    public void update(Value buffer, int offset, int length) {
      byte[] bytes = bytes(buffer, offset, length);
      if (digest != null) {
        digest.update(bytes);
      } else if (mac != null) {
        mac.update(bytes);
      }
    }

    @HostAccess.Export
    public ByteBuffer end() {
      return ByteBuffer.wrap(
          digest != null ? digest.digest() : mac != null ? mac.doFinal() : new byte[0]);
    }

    /** A copy that goes on by itself; null if the algorithm cannot be copied. */
    @HostAccess.Export
    public @Nullable HostDigest copy() {
      try {
        return new HostDigest(digest == null ? null : (MessageDigest) digest.clone(), null);
      } catch (CloneNotSupportedException e) {
        return null;
      }
    }
  }

  @HostAccess.Export
  public ByteBuffer random(int size) {
    byte[] bytes = new byte[Math.max(0, Math.min(size, MAX_RANDOM_BYTES))];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  @HostAccess.Export
  public String uuid() {
    return UUID.randomUUID().toString();
  }

  /** A digest by the name that OpenSSL gives it; null if it is not known. */
  @HostAccess.Export
  public @Nullable HostDigest hash(String algorithm) {
    try {
      return new HostDigest(MessageDigest.getInstance(javaName(algorithm)), null);
    } catch (NoSuchAlgorithmException e) {
      return null;
    }
  }

  /** A keyed digest; null if the algorithm is not known. */
  @HostAccess.Export
  public @Nullable HostDigest hmac(String algorithm, Value key, int offset, int length) {
    byte[] bytes = bytes(key, offset, length);
    try {
      Mac mac = Mac.getInstance(macName(algorithm));
      mac.init(new SecretKeySpec(bytes.length == 0 ? new byte[1] : bytes, mac.getAlgorithm()));
      return new HostDigest(null, mac);
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  private static String javaName(String algorithm) {
    String name = algorithm.toUpperCase(Locale.ROOT).replace("RSA-", "");
    return name.matches("SHA\\d+") ? "SHA-" + name.substring("SHA".length()) : name;
  }

  private static String macName(String algorithm) {
    return "Hmac" + javaName(algorithm).replaceFirst("^SHA-(\\d+)$", "SHA$1");
  }

  private static byte[] bytes(Value buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    if (length > 0) {
      buffer.readBuffer(offset, bytes, 0, length);
    }
    return bytes;
  }
}
