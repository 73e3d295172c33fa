package dev.runar.internal.protocol.pusher;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** HMAC-SHA256 in hexadecimal digits, over what the protocol signs. Stateless; any thread. */
public final class Signature {
  private static final String ALGORITHM = "HmacSHA256";

  private Signature() {}

  /**
   * What is signed for a subscription.
   *
   * @param channelData the text as it is sent; null: not a presence channel
   */
  public static String ofSubscription(
      String socketId, String channel, @Nullable String channelData) {
    String text = socketId + ":" + channel;
    return channelData == null ? text : text + ":" + channelData;
  }

  /** What is signed for {@code pusher:signin}. */
  public static String ofSignin(String socketId, String userData) {
    return socketId + "::user::" + userData;
  }

  /** The signature of a text. */
  public static String sign(String secret, String text) {
    return sign(secret, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The signature of bytes. */
  public static String sign(String secret, byte[] bytes) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return HexFormat.of().formatHex(mac.doFinal(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** Whether a given signature is that of the text; as long for a wrong one as for a right one. */
  public static boolean matches(String given, String secret, String text) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8),
        sign(secret, text).getBytes(StandardCharsets.UTF_8));
  }
}
