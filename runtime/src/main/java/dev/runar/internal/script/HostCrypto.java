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
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/**
 * What {@code node:crypto} asks of the host: random bytes, digests, ciphers, keys from passwords.
 * Owner thread only.
 */
public final class HostCrypto {
  private static final int MAX_RANDOM_BYTES = 16 << 20;

  /** Derivations on threads of their own. */
  private static final int MAX_DERIVATIONS = 64;

  private static final int MAX_DERIVED_BYTES = 1 << 20;

  private final SecureRandom random = new SecureRandom();
  private final ScriptContext context;
  private int derivations;

  HostCrypto(ScriptContext context) {
    this.context = context;
  }

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

  /** {@code [cipher, ""]} or {@code [null, why]}. */
  @HostAccess.Export
  public ProxyArray cipher(String name, boolean encrypts, Value key, Value iv, boolean padding) {
    try {
      byte[] keyBytes = bytes(key, 0, (int) key.getBufferSize());
      byte[] ivBytes = bytes(iv, 0, (int) iv.getBufferSize());
      return ProxyArray.fromArray(HostCipher.of(name, encrypts, keyBytes, ivBytes, padding), "");
    } catch (GeneralSecurityException e) {
      return ProxyArray.fromArray(null, String.valueOf(e.getMessage()));
    }
  }

  /**
   * PBKDF2, now or on a thread of its own; {@code done} gets the key, or the text why there is
   * none.
   */
  @HostAccess.Export
  public void pbkdf2(
      Value password, Value salt, int rounds, int size, String digest, boolean now, Value done) {
    byte[] secret = bytes(password, 0, (int) password.getBufferSize());
    byte[] seasoning = bytes(salt, 0, (int) salt.getBufferSize());
    if (size > MAX_DERIVED_BYTES || rounds < 1 || size < 0) {
      done.executeVoid("the number of iterations or the length of the key is out of range");
    } else if (now) {
      done.executeVoid(derived(secret, seasoning, rounds, size, digest));
    } else if (derivations == MAX_DERIVATIONS) {
      done.executeVoid(MAX_DERIVATIONS + " keys are being derived");
    } else {
      derivations++;
      Thread.ofVirtual()
          .name("runar-pbkdf2")
          .start(
              () -> {
                Object result = derived(secret, seasoning, rounds, size, digest);
                context.postReserved(
                    "crypto.pbkdf2",
                    () -> {
                      derivations--;
                      done.executeVoid(result);
                    });
              });
    }
  }

  /** RFC 8018, section 5.2; the JDK's own takes only passwords that are text. */
  private static Object derived(byte[] secret, byte[] salt, int rounds, int size, String digest) {
    try {
      Mac mac = Mac.getInstance(macName(digest));
      mac.init(new SecretKeySpec(secret.length == 0 ? new byte[1] : secret, mac.getAlgorithm()));
      ByteBuffer key = ByteBuffer.allocate(size);
      for (int block = 1; key.hasRemaining(); block++) {
        mac.update(salt);
        byte[] last = mac.doFinal(ByteBuffer.allocate(4).putInt(block).array());
        byte[] sum = last.clone();
        for (int round = 1; round < rounds; round++) {
          last = mac.doFinal(last);
          for (int i = 0; i < sum.length; i++) {
            sum[i] ^= last[i];
          }
        }
        key.put(sum, 0, Math.min(sum.length, key.remaining()));
      }
      return key.flip();
    } catch (GeneralSecurityException e) {
      return "Invalid digest: " + digest;
    }
  }

  private static String javaName(String algorithm) {
    String name = algorithm.toUpperCase(Locale.ROOT).replace("RSA-", "");
    return name.matches("SHA\\d+") ? "SHA-" + name.substring("SHA".length()) : name;
  }

  private static String macName(String algorithm) {
    return "Hmac" + javaName(algorithm).replaceFirst("^SHA-(\\d+)$", "SHA$1");
  }

  static byte[] bytes(Value buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    if (length > 0) {
      buffer.readBuffer(offset, bytes, 0, length);
    }
    return bytes;
  }
}
