package dev.runar.internal.server;

import dev.runar.internal.broker.Connection;

/**
 * What the ways to a client have in common: what is asked about their socket. Event loop only,
 * where {@link Connection} does not say otherwise.
 */
abstract sealed class WireConnection implements Connection
    permits NettyConnection, StreamConnection {
  final Wire wire;

  WireConnection(Wire wire) {
    this.wire = wire;
  }

  /** Messages can still be written. */
  abstract boolean isOpen();

  @Override
  public final void flush() {
    wire.flush();
  }

  @Override
  public final void whenDrained(Runnable callback) {
    if (isOpen()) {
      wire.whenDrained(callback);
    }
  }

  @Override
  public final long pendingBytes() {
    return wire.pendingBytes();
  }

  @Override
  public final long takenBytes() {
    return wire.takenBytes();
  }

  @Override
  public final String remoteAddress() {
    return wire.remoteAddress();
  }
}
