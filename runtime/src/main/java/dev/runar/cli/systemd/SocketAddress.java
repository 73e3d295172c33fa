package dev.runar.cli.systemd;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An address of the family {@code AF_UNIX} as the kernel takes it: the bytes after the family.
 * Immutable; any thread.
 */
final class SocketAddress {
  /** What {@code sun_path} holds. */
  private static final int MAX_BYTES = 108;

  private final byte[] path;

  private SocketAddress(byte[] path) {
    this.path = path;
  }

  /**
   * Reads what {@code NOTIFY_SOCKET} says.
   *
   * @throws UnixDatagrams.Unsent for what is no address of this family
   */
  static SocketAddress of(String text) throws UnixDatagrams.Unsent {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    boolean isAbstract = text.startsWith("@");
    if (text.length() < 2 || !(isAbstract || text.startsWith("/"))) {
      throw new UnixDatagrams.Unsent("it is neither a path nor @ and a name");
    }
    // An abstract name has a zero before it and ends where the address ends; a path ends by a zero.
    byte[] path = Arrays.copyOf(name, isAbstract ? name.length : name.length + 1);
    if (isAbstract) {
      path[0] = 0;
    }
    if (path.length > MAX_BYTES) {
      throw new UnixDatagrams.Unsent("it is longer than the " + MAX_BYTES + " bytes of an address");
    }
    return new SocketAddress(path);
  }

  byte[] path() {
    return path.clone();
  }
}
