package dev.runar.internal.script.web;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import javax.crypto.KeyAgreement;

/** Whether a public key is that of a private one, for keys that came in parts. Stateless. */
final class KeyPairCheck {
  private static final byte[] PROBE = {'r', 'u', 'n', 'a', 'r'};

  /** What every public key of X25519 is a multiple of. */
  private static final int BASE_POINT = 9;

  private KeyPairCheck() {}

  /**
   * Throws unless the keys belong together.
   *
   * @return the private key
   */
  static byte[] require(String scheme, byte[] privateData, byte[] publicData)
      throws GeneralSecurityException {
    PrivateKey privateKey = KeyForms.privateKey(KeyForms.family(scheme), privateData);
    boolean matches =
        scheme.equals("X25519")
            ? agrees(privateKey, publicData)
            : verifies(scheme, privateKey, KeyForms.publicKey(KeyForms.family(scheme), publicData));
    if (!matches) {
      throw new InvalidKeyException("the public part is not that of the private key");
    }
    return privateData;
  }

  private static boolean agrees(PrivateKey privateKey, byte[] publicData)
      throws GeneralSecurityException {
    byte[] base = new byte[32];
    base[0] = BASE_POINT;
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(privateKey);
    agreement.doPhase(KeyForms.publicKey("X25519", KeyForms.fromPoint("X25519", base)), true);
    return MessageDigest.isEqual(agreement.generateSecret(), KeyForms.point("X25519", publicData));
  }

  private static boolean verifies(String scheme, PrivateKey privateKey, PublicKey publicKey)
      throws GeneralSecurityException {
    Signature signature =
        Signature.getInstance(scheme.equals("Ed25519") ? "Ed25519" : "SHA256withECDSA");
    signature.initSign(privateKey);
    signature.update(PROBE);
    byte[] mark = signature.sign();
    signature.initVerify(publicKey);
    signature.update(PROBE);
    return signature.verify(mark);
  }
}
