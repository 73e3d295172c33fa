package dev.runar.internal.server;

import dev.runar.internal.broker.Burst;
import dev.runar.internal.broker.Connection;
import dev.runar.internal.broker.Dialect;
import dev.runar.internal.broker.Uplink;
import dev.runar.internal.broker.WireMessage;

/**
 * The response that is the way to one client, beside the requests by which it speaks. Event loop
 * only, where {@link Connection} does not say otherwise.
 */
final class StreamConnection extends WireConnection {
  private final StreamFraming framing;
  private final Dialect dialect;
  private final Uplink uplink;
  private boolean isEnded;

  StreamConnection(Wire wire, StreamFraming framing, Dialect dialect, Uplink uplink) {
    super(wire);
    this.framing = framing;
    this.dialect = dialect;
    this.uplink = uplink;
  }

  @Override
  public void write(Burst burst) {
    if (!isEnded) {
      NettyBurst ready = (NettyBurst) burst;
      wire.write(
          wire.isDirect()
              ? ready.shareStreamed(framing)
              : ready.shareStreamed(framing).asReadOnly()); // TLS fills its records behind it
    }
  }

  @Override
  public void writeText(byte[] utf8) {
    writeMessage(utf8);
  }

  @Override
  public void writeBinary(byte[] bytes) {
    writeMessage(bytes);
  }

  private void writeMessage(byte[] message) {
    if (!isEnded) {
      wire.write(framing.one(wire.alloc(), message));
    }
  }

  /** There is none in HTTP: dialects that are spoken here ask by messages of their own. */
  @Override
  public void writePing() {}

  @Override
  boolean isOpen() {
    return !isEnded;
  }

  @Override
  public void close(int code, String reason) {
    if (isEnded) {
      return;
    }
    WireMessage farewell = dialect.farewell(code, reason);
    if (farewell != null) {
      writeMessage(farewell.bytes());
    }
    isEnded = true;
    uplink.end();
    wire.write(framing.last(wire.alloc()));
    wire.expectEnd();
    wire.endOutput();
  }

  @Override
  public void pauseReading() {
    uplink.pause();
  }

  @Override
  public void resumeReading() {
    uplink.resume();
  }
}
