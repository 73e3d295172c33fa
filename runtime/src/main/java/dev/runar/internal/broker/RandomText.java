package dev.runar.internal.broker;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes names that nobody can guess. Any thread. */
final class RandomText {
  private final SecureRandom random = new SecureRandom();

  /** A new one of so many random bytes. */
  String of(int bytes) {
    byte[] raw = new byte[bytes];
    random.nextBytes(raw);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
  }
}
