package dev.runar.internal.server;

import dev.runar.internal.broker.Burst;
import dev.runar.internal.broker.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;

/**
 * The WebSocket of one session, and how it ends. Event loop only, where {@link Connection} does not
 * say otherwise.
 */
final class NettyConnection extends WireConnection {

  /** How far the closing handshake has come. */
  private enum Stage {
    OPEN,
    /** Our Close frame is on its way; the client's is awaited. */
    CLOSING,
    /** Nothing more is said. */
    ENDED
  }

  private final Loop loop;
  private final boolean compresses;
  private final Runnable onResume;

  private Stage stage = Stage.OPEN;

  /**
   * The WebSocket of a session.
   *
   * @param compresses what is sent may be compressed, as its client has agreed to
   * @param onResume told when the client is to be read again, as it is to the end once it is closed
   */
  NettyConnection(Wire wire, Loop loop, boolean compresses, Runnable onResume) {
    super(wire);
    this.loop = loop;
    this.compresses = compresses;
    this.onResume = onResume;
  }

  @Override
  public void write(Burst burst) {
    if (stage == Stage.OPEN) {
      NettyBurst ready = (NettyBurst) burst;
      wire.write(shared(ready));
    }
  }

  private ByteBuf shared(NettyBurst burst) {
    if (compresses) {
      ByteBuf frames = burst.shareCompressed(loop.deflater());
      return wire.isDirect() ? frames : frames.asReadOnly();
    }
    return wire.isDirect() ? burst.share() : burst.shareSealed();
  }

  @Override
  public void writeText(byte[] utf8) {
    writeMessage(Frames.TEXT, utf8);
  }

  private void writeMessage(int opcode, byte[] bytes) {
    if (stage == Stage.OPEN) {
      wire.write(
          compresses
              ? loop.deflater().frame(wire.alloc(), opcode, bytes)
              : Frames.frame(wire.alloc(), opcode, bytes));
    }
  }

  @Override
  public void writeBinary(byte[] bytes) {
    writeMessage(Frames.BINARY, bytes);
  }

  @Override
  public void writePing() {
    if (stage == Stage.OPEN) {
      wire.write(Frames.frame(wire.alloc(), Frames.PING, new byte[0]));
    }
  }

  void writePong(byte[] bytes, int from, int length) {
    if (stage == Stage.OPEN) {
      wire.write(Frames.frame(wire.alloc(), Frames.PONG, bytes, from, length));
    }
  }

  @Override
  boolean isOpen() {
    return stage == Stage.OPEN;
  }

  @Override
  public void close(int code, String reason) {
    if (stage != Stage.OPEN) {
      return;
    }
    stage = Stage.CLOSING;
    wire.write(Frames.close(wire.alloc(), code, reason));
    wire.flush();
    wire.expectEnd();
    onResume.run(); // it may be behind what was kept
    wire.read(true); // the client's own Close frame must be seen
  }

  /** The client has closed: its code is given back, unless it answers ours. Then all is said. */
  void closedByClient(int code) {
    if (stage == Stage.CLOSING) {
      stage = Stage.ENDED;
      var _ = wire.drain().addListener(ChannelFutureListener.CLOSE);
      return;
    }
    end(code, "");
  }

  /** The client broke the protocol: it is told so and not listened to any more. */
  void refuse(int code, String reason) {
    end(code, reason);
  }

  private void end(int code, String reason) {
    if (stage == Stage.OPEN) {
      wire.write(Frames.close(wire.alloc(), code, reason));
      wire.expectEnd();
      onResume.run();
      wire.read(true); // so that the client's end is seen
    }
    stage = Stage.ENDED;
    wire.endOutput();
  }

  /** Our Close frame is on its way, and the client has not answered it. */
  boolean isClosing() {
    return stage == Stage.CLOSING;
  }

  /** The client is not heard any more, not even its Close frame. */
  void stopReading() {
    wire.read(false);
  }

  boolean isEnded() {
    return stage == Stage.ENDED;
  }

  @Override
  public void pauseReading() {
    if (stage == Stage.OPEN) {
      wire.read(false);
    }
  }

  @Override
  public void resumeReading() {
    if (stage == Stage.OPEN) { // who is closed is read or not for reasons of its own
      onResume.run();
      wire.read(true);
    }
  }
}
