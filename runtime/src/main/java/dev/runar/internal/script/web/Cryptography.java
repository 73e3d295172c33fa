package dev.runar.internal.script.web;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/**
 * What {@code crypto.subtle} computes, by the JDK's providers. Keys are bytes: raw, or in PKCS #8
 * and X.509 form. Arguments are copied on the owner thread, the work runs on any.
 */
final class Cryptography {
  private static final int SHORTEST_GCM_TAG = 96;

  private final SecureRandom random = new SecureRandom();
  private final Operations operations;

  Cryptography(Operations operations) {
    this.operations = operations;
  }

  /** {@code (count)}: random bytes. */
  byte[] random(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /**
   * {@code (operation, resolve, reject, …)}: what follows are texts, numbers and byte arrays, as
   * the operation takes them.
   */
  void compute(Value... arguments) {
    String operation = arguments[0].asString();
    var given = new Arguments(Arrays.copyOfRange(arguments, 3, arguments.length));
    operations.compute("crypto", () -> compute(operation, given), arguments[1], arguments[2]);
  }

  private Object compute(String operation, Arguments given) throws GeneralSecurityException {
    return switch (operation) {
      case "digest" -> MessageDigest.getInstance(given.text(0)).digest(given.bytes(1));
      case "hmac" -> mac(given.text(0), given.bytes(1)).doFinal(given.bytes(2));
      case "aesGcm" -> aesGcm(given);
      case "aesCbc" -> aes(given, "AES/CBC/PKCS5Padding", new IvParameterSpec(given.bytes(2)));
      case "aesCtr" -> aesCtr(given);
      case "aesWrap" -> aesWrap(given);
      case "rsaOaep" -> rsaOaep(given);
      case "sign" -> sign(given);
      case "verify" -> verify(given);
      case "generate" -> generate(given);
      case "pbkdf2" -> pbkdf2(given);
      case "hkdf" -> hkdf(given);
      case "agree" -> agree(given);
      case "checkKey" -> KeyForms.checked(given.text(0), given.text(1), given.bytes(2));
      case "toParts" -> KeyForms.parts(given.text(0), given.text(1), given.bytes(2));
      case "fromParts" -> KeyForms.fromParts(given.text(0), given.text(1), given.rest(2));
      case "pair" -> KeyPairCheck.require(given.text(0), given.bytes(1), given.bytes(2));
      case "publicOf" -> KeyForms.fromPoint(given.text(0), given.bytes(1));
      case "pointOf" -> KeyForms.point(given.text(0), given.bytes(1));
      default -> throw new IllegalArgumentException("no such operation: " + operation);
    };
  }

  private static Mac mac(String hash, byte[] key) throws GeneralSecurityException {
    String name = "Hmac" + hash.replace("-", "");
    Mac mac = Mac.getInstance(name);
    // An empty key is the same as one of zeros, which the JDK takes.
    mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
    return mac;
  }

  /** {@code (encrypt, key, iv, data, additional, tagBits)}. */
  private static byte[] aesGcm(Arguments given) throws GeneralSecurityException {
    int bits = given.number(5);
    if (bits >= SHORTEST_GCM_TAG) {
      return gcm(mode(given), given, given.bytes(3), bits);
    }
    int tag = bits / 8;
    if (given.text(0).equals("encrypt")) {
      byte[] whole = gcm(Cipher.ENCRYPT_MODE, given, given.bytes(3), 128);
      return Arrays.copyOf(whole, whole.length - 16 + tag);
    }
    // The JDK checks no tag that short. The key stream is the same both ways, so to encrypt is to
    // decrypt; and to encrypt again gives the tag that should be there.
    byte[] data = given.bytes(3);
    int length = data.length - tag;
    byte[] plain =
        Arrays.copyOf(gcm(Cipher.ENCRYPT_MODE, given, Arrays.copyOf(data, length), 128), length);
    byte[] again = gcm(Cipher.ENCRYPT_MODE, given, plain, 128);
    byte[] wanted = Arrays.copyOfRange(again, length, length + tag);
    if (!MessageDigest.isEqual(wanted, Arrays.copyOfRange(data, length, data.length))) {
      throw new GeneralSecurityException("the tag is wrong");
    }
    return plain;
  }

  private static byte[] gcm(int mode, Arguments given, byte[] data, int tagBits)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    var parameters = new GCMParameterSpec(tagBits, given.bytes(2));
    cipher.init(mode, new SecretKeySpec(given.bytes(1), "AES"), parameters);
    cipher.updateAAD(given.bytes(4));
    return cipher.doFinal(data);
  }

  private static byte[] aes(Arguments given, String name, AlgorithmParameterSpec parameters)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(name);
    cipher.init(mode(given), new SecretKeySpec(given.bytes(1), "AES"), parameters);
    return cipher.doFinal(given.bytes(3));
  }

  /**
   * {@code (encrypt, key, counter, data, bits)}. The counter wraps within its bits, which the JDK's
   * does not: what comes after the wrap is a second run with the counter at zero.
   */
  private static byte[] aesCtr(Arguments given) throws GeneralSecurityException {
    byte[] counter = given.bytes(2);
    byte[] data = given.bytes(3);
    BigInteger range = BigInteger.ONE.shiftLeft(given.number(4));
    BigInteger value = new BigInteger(1, counter);
    BigInteger blocksLeft = range.subtract(value.mod(range));
    long blocks = (data.length + 15L) / 16;
    if (BigInteger.valueOf(blocks).compareTo(range) > 0) {
      throw new GeneralSecurityException("the data is longer than the counter counts");
    }
    if (BigInteger.valueOf(blocks).compareTo(blocksLeft) <= 0) {
      return ctr(given.bytes(1), counter, data);
    }
    int first = blocksLeft.intValueExact() * 16;
    byte[] wrapped = new byte[16];
    byte[] start = value.subtract(value.mod(range)).toByteArray();
    int length = Math.min(start.length, 16);
    System.arraycopy(start, start.length - length, wrapped, 16 - length, length);
    byte[] head = ctr(given.bytes(1), counter, Arrays.copyOf(data, first));
    byte[] tail = ctr(given.bytes(1), wrapped, Arrays.copyOfRange(data, first, data.length));
    byte[] both = Arrays.copyOf(head, data.length);
    System.arraycopy(tail, 0, both, first, tail.length);
    return both;
  }

  private static byte[] ctr(byte[] key, byte[] counter, byte[] data)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
    return cipher.doFinal(data);
  }

  /** {@code (wrap, key, data)}. */
  private static byte[] aesWrap(Arguments given) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AESWrap");
    boolean wrap = given.text(0).equals("encrypt");
    var key = new SecretKeySpec(given.bytes(1), "AES");
    if (wrap) {
      cipher.init(Cipher.WRAP_MODE, key);
      return cipher.wrap(new SecretKeySpec(given.bytes(2), "raw"));
    }
    cipher.init(Cipher.UNWRAP_MODE, key);
    return cipher.unwrap(given.bytes(2), "raw", Cipher.SECRET_KEY).getEncoded();
  }

  /** {@code (encrypt, key, label, data, hash)}. */
  private static byte[] rsaOaep(Arguments given) throws GeneralSecurityException {
    boolean encrypt = given.text(0).equals("encrypt");
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    var parameters =
        new OAEPParameterSpec(
            given.text(4),
            "MGF1",
            new MGF1ParameterSpec(given.text(4)),
            new PSource.PSpecified(given.bytes(2)));
    cipher.init(
        mode(given),
        encrypt
            ? KeyForms.publicKey("RSA", given.bytes(1))
            : KeyForms.privateKey("RSA", given.bytes(1)),
        parameters);
    return cipher.doFinal(given.bytes(3));
  }

  private static int mode(Arguments given) {
    return given.text(0).equals("encrypt") ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
  }

  /** {@code (scheme, hash, saltLength, key, data)}. */
  private static byte[] sign(Arguments given) throws GeneralSecurityException {
    Signature signature = signature(given);
    signature.initSign(KeyForms.privateKey(KeyForms.family(given.text(0)), given.bytes(3)));
    signature.update(given.bytes(4));
    return signature.sign();
  }

  /** {@code (scheme, hash, saltLength, key, data, signature)}. */
  private static boolean verify(Arguments given) throws GeneralSecurityException {
    Signature signature = signature(given);
    signature.initVerify(KeyForms.publicKey(KeyForms.family(given.text(0)), given.bytes(3)));
    signature.update(given.bytes(4));
    try {
      return signature.verify(given.bytes(5));
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }

  private static Signature signature(Arguments given) throws GeneralSecurityException {
    String hash = given.text(1);
    return switch (given.text(0)) {
      case "ECDSA" -> Signature.getInstance(hash.replace("-", "") + "withECDSAinP1363Format");
      case "RSASSA-PKCS1-v1_5" -> Signature.getInstance(hash.replace("-", "") + "withRSA");
      case "RSA-PSS" -> {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(
            new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), given.number(2), 1));
        yield signature;
      }
      default -> Signature.getInstance("Ed25519");
    };
  }

  /**
   * {@code (scheme, curve)} or {@code (scheme, bits, exponent)}: the private and the public key.
   */
  private static Object generate(Arguments given) throws GeneralSecurityException {
    String family = KeyForms.family(given.text(0));
    KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
    if (family.equals("EC")) {
      generator.initialize(new ECGenParameterSpec(KeyForms.curve(given.text(1))));
    } else if (family.equals("RSA")) {
      generator.initialize(
          new RSAKeyGenParameterSpec(given.number(1), new BigInteger(1, given.bytes(2))));
    }
    KeyPair pair = generator.generateKeyPair();
    return ProxyArray.fromList(
        List.of(
            KeyForms.buffer(pair.getPrivate().getEncoded()),
            KeyForms.buffer(pair.getPublic().getEncoded())));
  }

  /** {@code (hash, password, salt, iterations, bits)}. */
  private static byte[] pbkdf2(Arguments given) throws GeneralSecurityException {
    Mac mac = mac(given.text(0), given.bytes(1));
    byte[] salt = given.bytes(2);
    byte[] derived = new byte[given.number(4) / 8];
    int size = mac.getMacLength();
    for (int block = 1, at = 0; at < derived.length; block++, at += size) {
      mac.update(salt);
      byte[] round =
          mac.doFinal(
              new byte[] {
                (byte) (block >>> 24), (byte) (block >>> 16), (byte) (block >>> 8), (byte) block
              });
      byte[] sum = round.clone();
      for (int i = 1; i < given.number(3); i++) {
        round = mac.doFinal(round);
        for (int j = 0; j < size; j++) {
          sum[j] ^= round[j];
        }
      }
      System.arraycopy(sum, 0, derived, at, Math.min(size, derived.length - at));
    }
    return derived;
  }

  /** {@code (hash, key, salt, info, bits)}: RFC 5869, since the JDK's own has no SHA-1. */
  private static byte[] hkdf(Arguments given) throws GeneralSecurityException {
    String hash = given.text(0);
    Mac expand = mac(hash, mac(hash, given.bytes(2)).doFinal(given.bytes(1)));
    byte[] derived = new byte[given.number(4) / 8];
    if (derived.length > 255 * expand.getMacLength()) {
      throw new GeneralSecurityException("more bits than the hash can give");
    }
    byte[] block = new byte[0];
    for (int at = 0, number = 1; at < derived.length; at += block.length, number++) {
      expand.update(block);
      expand.update(given.bytes(3));
      block = expand.doFinal(new byte[] {(byte) number});
      System.arraycopy(block, 0, derived, at, Math.min(block.length, derived.length - at));
    }
    return derived;
  }

  /** {@code (scheme, private key, public key)}. */
  private static byte[] agree(Arguments given) throws GeneralSecurityException {
    String scheme = given.text(0);
    KeyAgreement agreement = KeyAgreement.getInstance(scheme);
    String family = KeyForms.family(scheme);
    agreement.init(KeyForms.privateKey(family, given.bytes(1)));
    agreement.doPhase(KeyForms.publicKey(family, given.bytes(2)), true);
    return agreement.generateSecret();
  }

  /** Copies of what the script gave. Any thread. */
  private static final class Arguments {
    private final List<@Nullable Object> values;

    Arguments(Value... given) {
      values = Arrays.stream(given).<@Nullable Object>map(Arguments::copied).toList();
    }

    private static @Nullable Object copied(Value value) {
      if (value.isString()) {
        return value.asString();
      }
      if (value.fitsInInt()) {
        return value.asInt();
      }
      return value.isNull() ? null : Operations.bytes(value);
    }

    String text(int index) {
      return Objects.requireNonNull((String) values.get(index));
    }

    int number(int index) {
      return Objects.requireNonNull((Integer) values.get(index));
    }

    byte[] bytes(int index) {
      return Objects.requireNonNull((byte[]) values.get(index));
    }

    /** Byte arrays; what is missing is null. */
    List<byte @Nullable []> rest(int from) {
      return values.stream().skip(from).<byte @Nullable []>map(value -> (byte[]) value).toList();
    }
  }
}
