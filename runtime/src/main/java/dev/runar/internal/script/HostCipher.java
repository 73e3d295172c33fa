package dev.runar.internal.script;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * A cipher of {@code node:crypto} in the making: AES in the modes GCM, CBC and CTR. Owner thread.
 */
public final class HostCipher {
  private static final int TAG_BYTES = 16;

  private final Cipher cipher;
  private final boolean isGcm;
  private final boolean encrypts;
  private byte[] tag = new byte[0];
  private String problem = "";

  private HostCipher(Cipher cipher, boolean isGcm, boolean encrypts) {
    this.cipher = cipher;
    this.isGcm = isGcm;
    this.encrypts = encrypts;
  }

  /**
   * A cipher by the name that OpenSSL gives it, such as {@code aes-256-gcm}.
   *
   * @throws GeneralSecurityException if there is none, or key or initialization vector do not fit
   */
  static HostCipher of(String name, boolean encrypts, byte[] key, byte[] iv, boolean padding)
      throws GeneralSecurityException {
    String[] parts = name.toLowerCase(Locale.ROOT).split("-", -1);
    if (parts.length != 3 || !parts[0].equals("aes") || !parts[2].matches("gcm|cbc|ctr")) {
      throw new GeneralSecurityException("Unknown cipher");
    }
    if (!parts[1].equals(Integer.toString(key.length * 8))) {
      throw new GeneralSecurityException("Invalid key length");
    }
    boolean isGcm = parts[2].equals("gcm");
    String filling = parts[2].equals("cbc") && padding ? "PKCS5Padding" : "NoPadding";
    Cipher cipher = Cipher.getInstance("AES/" + parts[2] + "/" + filling);
    cipher.init(
        encrypts ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
        new SecretKeySpec(key, "AES"),
        isGcm ? new GCMParameterSpec(TAG_BYTES * 8, iv) : new IvParameterSpec(iv));
    return new HostCipher(cipher, isGcm, encrypts);
  }

  @HostAccess.Export
  public ByteBuffer update(Value buffer, int offset, int length) {
    return wrapped(cipher.update(HostCrypto.bytes(buffer, offset, length)));
  }

  @HostAccess.Export
  public void authenticated(Value buffer, int offset, int length) {
    cipher.updateAAD(HostCrypto.bytes(buffer, offset, length));
  }

  /** The tag that decryption has to find. */
  @HostAccess.Export
  public void expectTag(Value buffer, int offset, int length) {
    tag = HostCrypto.bytes(buffer, offset, length);
  }

  /** What is left; if {@link #problem} is not empty then, nothing is. */
  @HostAccess.Export
  public ByteBuffer end() {
    try {
      byte[] last = isGcm && !encrypts ? cipher.doFinal(tag) : cipher.doFinal();
      if (!isGcm || !encrypts) {
        return wrapped(last);
      }
      int text = last.length - TAG_BYTES;
      tag = Arrays.copyOfRange(last, text, last.length);
      return ByteBuffer.wrap(last, 0, text).slice();
    } catch (GeneralSecurityException e) {
      problem =
          isGcm
              ? "Unsupported state or unable to authenticate data"
              : String.valueOf(e.getMessage());
      return ByteBuffer.allocate(0);
    }
  }

  /** Why {@link #end} failed; empty if it did not. */
  @HostAccess.Export
  public String problem() {
    return problem;
  }

  /** The tag that encryption has made. */
  @HostAccess.Export
  public ByteBuffer tag() {
    return ByteBuffer.wrap(tag);
  }

  private static ByteBuffer wrapped(byte @Nullable [] bytes) {
    return ByteBuffer.wrap(bytes == null ? new byte[0] : bytes);
  }
}
