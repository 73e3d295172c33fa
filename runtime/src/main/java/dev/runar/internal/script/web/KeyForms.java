package dev.runar.internal.script.web;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.security.spec.XECPrivateKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/** The forms of asymmetric keys: encoded, as the parts of a JSON Web Key, as a point. Stateless. */
final class KeyForms {
  /** What comes before the 32 bytes of a public Ed25519 or X25519 key in X.509 form. */
  private static final int EDWARDS_PREFIX = 12;

  private KeyForms() {}

  /** The name of a key factory for an algorithm of the web. */
  static String family(String scheme) {
    return switch (scheme) {
      case "ECDSA", "ECDH", "EC" -> "EC";
      case "Ed25519", "X25519" -> scheme;
      default -> "RSA";
    };
  }

  static String curve(String name) {
    return switch (name) {
      case "P-256" -> "secp256r1";
      case "P-384" -> "secp384r1";
      default -> "secp521r1";
    };
  }

  static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes);
  }

  static PrivateKey privateKey(String family, byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(family).generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  static PublicKey publicKey(String family, byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** Reads a key, {@code private} or {@code public}; gives what it is: bits, exponent or curve. */
  static Object checked(String scheme, String type, byte[] encoded)
      throws GeneralSecurityException {
    String family = family(scheme);
    Object key = type.equals("private") ? privateKey(family, encoded) : publicKey(family, encoded);
    return switch (key) {
      case RSAPrivateCrtKey rsa -> rsa(rsa.getModulus(), rsa.getPublicExponent());
      case RSAPublicKey rsa -> rsa(rsa.getModulus(), rsa.getPublicExponent());
      case ECPrivateKey ec -> curveName(ec.getParams());
      case ECPublicKey ec -> curveName(ec.getParams());
      default -> scheme;
    };
  }

  private static Object rsa(BigInteger modulus, BigInteger exponent) {
    return ProxyArray.fromArray(modulus.bitLength(), buffer(unsigned(exponent)));
  }

  private static String curveName(ECParameterSpec parameters) throws InvalidKeyException {
    return switch (parameters.getCurve().getField().getFieldSize()) {
      case 256 -> "P-256";
      case 384 -> "P-384";
      case 521 -> "P-521";
      default -> throw new InvalidKeyException("an unknown curve");
    };
  }

  /**
   * The parts of a JSON Web Key in this order: RSA n, e, d, p, q, dp, dq, qi; EC x, y, d; Ed25519
   * and X25519 x, d. A private key of a curve does not tell its public part, so that must be given
   * with it.
   */
  static Object parts(String scheme, String type, byte[] encoded) throws GeneralSecurityException {
    String family = family(scheme);
    Object key = type.equals("private") ? privateKey(family, encoded) : publicKey(family, encoded);
    Stream<byte[]> parts =
        switch (key) {
          case RSAPrivateCrtKey rsa ->
              Stream.of(
                      rsa.getModulus(),
                      rsa.getPublicExponent(),
                      rsa.getPrivateExponent(),
                      rsa.getPrimeP(),
                      rsa.getPrimeQ(),
                      rsa.getPrimeExponentP(),
                      rsa.getPrimeExponentQ(),
                      rsa.getCrtCoefficient())
                  .map(KeyForms::unsigned);
          case RSAPublicKey rsa ->
              Stream.of(rsa.getModulus(), rsa.getPublicExponent()).map(KeyForms::unsigned);
          case ECPublicKey ec ->
              Stream.of(ec.getW().getAffineX(), ec.getW().getAffineY())
                  .map(number -> padded(number, size(ec.getParams())));
          case ECPrivateKey ec -> Stream.of(padded(ec.getS(), size(ec.getParams())));
          case EdECPublicKey _ -> Stream.of(point(scheme, encoded));
          case EdECPrivateKey edwards -> Stream.of(edwards.getBytes().orElseThrow());
          case XECPublicKey _ -> Stream.of(point(scheme, encoded));
          case XECPrivateKey montgomery -> Stream.of(montgomery.getScalar().orElseThrow());
          default -> throw new InvalidKeyException("an unknown key");
        };
    return ProxyArray.fromList(parts.<Object>map(KeyForms::buffer).toList());
  }

  /** The reverse of {@link #parts}; {@code scheme} is RSA or a curve. */
  static byte[] fromParts(String scheme, String type, List<byte @Nullable []> parts)
      throws GeneralSecurityException {
    boolean isPrivate = type.equals("private");
    if (scheme.equals("RSA")) {
      return rsaFromParts(isPrivate, parts);
    }
    if (scheme.equals("Ed25519")) {
      return isPrivate
          ? KeyFactory.getInstance("Ed25519")
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, part(parts, 0)))
              .getEncoded()
          : fromPoint(scheme, part(parts, 0));
    }
    if (scheme.equals("X25519")) {
      return isPrivate
          ? KeyFactory.getInstance("X25519")
              .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, part(parts, 0)))
              .getEncoded()
          : fromPoint(scheme, part(parts, 0));
    }
    ECParameterSpec parameters = parameters(scheme);
    KeyFactory keys = KeyFactory.getInstance("EC");
    if (isPrivate) {
      return keys.generatePrivate(new ECPrivateKeySpec(number(parts, 0), parameters)).getEncoded();
    }
    var point = new ECPoint(number(parts, 0), number(parts, 1));
    requireOnCurve(point, parameters);
    return keys.generatePublic(new ECPublicKeySpec(point, parameters)).getEncoded();
  }

  private static byte[] rsaFromParts(boolean isPrivate, List<byte @Nullable []> parts)
      throws GeneralSecurityException {
    KeyFactory keys = KeyFactory.getInstance("RSA");
    if (!isPrivate) {
      return keys.generatePublic(new RSAPublicKeySpec(number(parts, 0), number(parts, 1)))
          .getEncoded();
    }
    return keys.generatePrivate(
            new RSAPrivateCrtKeySpec(
                number(parts, 0),
                number(parts, 1),
                number(parts, 2),
                number(parts, 3),
                number(parts, 4),
                number(parts, 5),
                number(parts, 6),
                number(parts, 7)))
        .getEncoded();
  }

  /** A public key from its point, which EC writes with 4 before it. */
  static byte[] fromPoint(String scheme, byte[] point) throws GeneralSecurityException {
    if (scheme.equals("Ed25519") || scheme.equals("X25519")) {
      if (point.length != 32) {
        throw new InvalidKeyException("a key of " + point.length + " bytes");
      }
      byte[] encoded = new byte[EDWARDS_PREFIX + 32];
      byte[] prefix = {
        0x30,
        0x2a,
        0x30,
        0x05,
        0x06,
        0x03,
        0x2b,
        0x65,
        (byte) (scheme.equals("X25519") ? 110 : 112),
        0x03,
        0x21,
        0x00
      };
      System.arraycopy(prefix, 0, encoded, 0, EDWARDS_PREFIX);
      System.arraycopy(point, 0, encoded, EDWARDS_PREFIX, 32);
      return publicKey(scheme, encoded).getEncoded();
    }
    int size = size(parameters(scheme));
    if (point.length != 1 + 2 * size || point[0] != 4) {
      throw new InvalidKeyException("no uncompressed point of " + scheme);
    }
    return fromParts(
        scheme,
        "public",
        List.of(
            Arrays.copyOfRange(point, 1, 1 + size),
            Arrays.copyOfRange(point, 1 + size, point.length)));
  }

  /** The reverse of {@link #fromPoint}. */
  static byte[] point(String scheme, byte[] encoded) throws GeneralSecurityException {
    PublicKey key = publicKey(family(scheme), encoded);
    if (!(key instanceof ECPublicKey ec)) {
      byte[] whole = key.getEncoded();
      return Arrays.copyOfRange(whole, whole.length - 32, whole.length);
    }
    int size = size(ec.getParams());
    byte[] point = new byte[1 + 2 * size];
    point[0] = 4;
    System.arraycopy(padded(ec.getW().getAffineX(), size), 0, point, 1, size);
    System.arraycopy(padded(ec.getW().getAffineY(), size), 0, point, 1 + size, size);
    return point;
  }

  private static ECParameterSpec parameters(String curve) throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve(curve)));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  /** The JDK does not ask; a point elsewhere would tell bits of a private key. */
  private static void requireOnCurve(ECPoint point, ECParameterSpec parameters)
      throws InvalidKeyException {
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right =
        x.pow(3).add(parameters.getCurve().getA().multiply(x)).add(parameters.getCurve().getB());
    if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.pow(2).mod(p).equals(right.mod(p))) {
      throw new InvalidKeyException("the point is not on the curve");
    }
  }

  private static int size(ECParameterSpec parameters) {
    return (parameters.getCurve().getField().getFieldSize() + 7) / 8;
  }

  private static byte[] part(List<byte @Nullable []> parts, int index) throws InvalidKeyException {
    byte[] part = index < parts.size() ? parts.get(index) : null;
    if (part == null) {
      throw new InvalidKeyException("a part of the key is missing");
    }
    return part;
  }

  private static BigInteger number(List<byte @Nullable []> parts, int index)
      throws InvalidKeyException {
    return new BigInteger(1, part(parts, index));
  }

  /** Without the byte that is there only for the sign. */
  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes.length > 1 && bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static byte[] padded(BigInteger number, int size) {
    byte[] bytes = unsigned(number);
    byte[] padded = new byte[size];
    System.arraycopy(bytes, 0, padded, size - bytes.length, bytes.length);
    return padded;
  }
}
