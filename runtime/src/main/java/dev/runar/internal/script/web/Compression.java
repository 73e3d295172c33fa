package dev.runar.internal.script.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * One compression of a stream: a function {@code (bytes, last)} that gives the bytes that are
 * ready. Owner thread.
 */
final class Compression implements ProxyExecutable {
  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private final Deflater deflater;
  private final boolean gzip;
  private final CRC32 checksum = new CRC32();
  private final byte[] piece = new byte[16_384];
  private boolean headed;

  Compression(String format) {
    gzip = format.equals("gzip");
    deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, !format.equals("deflate"));
  }

  @Override
  public Object execute(Value... arguments) {
    byte[] bytes = Operations.bytes(arguments[0]);
    boolean last = arguments[1].asBoolean();
    var out = new ByteArrayOutputStream();
    if (gzip && !headed) {
      out.writeBytes(GZIP_HEADER);
      headed = true;
    }
    checksum.update(bytes);
    deflater.setInput(bytes);
    if (last) {
      deflater.finish();
    }
    int count;
    while ((count = deflater.deflate(piece)) > 0) {
      out.write(piece, 0, count);
    }
    if (last) {
      if (gzip) {
        out.writeBytes(trailer());
      }
      deflater.end();
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private byte[] trailer() {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) checksum.getValue())
        .putInt((int) deflater.getBytesRead())
        .array();
  }
}
