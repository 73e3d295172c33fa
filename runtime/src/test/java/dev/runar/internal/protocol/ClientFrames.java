package dev.runar.internal.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Makes frames as a client sends them, right and wrong ones. */
public final class ClientFrames {
  private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

  private ClientFrames() {}

  public static byte[] text(String text) {
    return frame(0x81, text.getBytes(UTF_8));
  }

  public static byte[] close(int code, byte[] reason) {
    byte[] payload = new byte[2 + reason.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(reason, 0, payload, 2, reason.length);
    return frame(0x88, payload);
  }

  /** A masked frame with the shortest length. */
  public static byte[] frame(int first, byte[] payload) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(head(first, payload.length));
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ MASK[i & 3]);
    }
    return out.toByteArray();
  }

  /** A message as RFC 7692 has it: flushed, without the last four bytes. */
  public static byte[] deflated(byte[] message) {
    try (var deflater = new Deflater(9, true)) {
      deflater.setInput(message);
      byte[] out = new byte[message.length + 100];
      int size = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
      return Arrays.copyOf(out, size - 4);
    }
  }

  /** Only the head, mask included, of a frame that announces a length. */
  public static byte[] head(int first, long length) {
    var out = new ByteArrayOutputStream();
    out.write(first);
    if (length < 126) {
      out.write(0x80 | (int) length);
    } else if (length < 65_536) {
      out.writeBytes(new byte[] {(byte) 0xfe, (byte) (length >> 8), (byte) length});
    } else {
      out.write(0xff);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) (length >> shift));
      }
    }
    out.writeBytes(MASK);
    return out.toByteArray();
  }

  public static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
