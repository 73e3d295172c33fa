package dev.runar.internal.host;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The links of this process as the addon has them; {@code native/c/runar_native.h}, section 5, is
 * its manual. Threads as {@link Links} says.
 */
final class HostLink implements Links {
  private static final Posted[] POSTED = {
    Posted.QUEUED, Posted.FULL, Posted.CLOSED, Posted.TOO_LARGE, Posted.NO_MEMORY
  };
  private static final byte[] NOTHING = new byte[0];

  @Override
  public Posted post(long handle, byte[] bytes, int offset, int length, Room room) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return POSTED[post0(handle, bytes, offset, length, room == Room.RESERVED)];
  }

  @Override
  public void closed(long handle) {
    closed0(handle);
  }

  @Override
  public byte[] take() {
    byte[] taken = take0();
    return taken == null ? NOTHING : taken;
  }

  @Override
  public void died(String why) {
    died0(LastWords.utf8(why));
  }

  private static native int post0(
      long handle, byte[] bytes, int offset, int length, boolean reserved);

  private static native byte @Nullable [] take0();

  private static native void closed0(long handle);

  private static native void died0(byte[] why);
}
