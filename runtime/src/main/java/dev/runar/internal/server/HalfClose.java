package dev.runar.internal.server;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;

/** The end of what the server says, while it still reads. Stateless; event loop only. */
final class HalfClose {
  private HalfClose() {}

  /** Says that nothing more comes, in TLS too: without that the client must suspect a cut. */
  static void of(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutDown(channel);
    } else {
      var _ = tls.closeOutbound().addListener(done -> shutDown(channel));
    }
  }

  private static void shutDown(Channel channel) {
    var _ = ((SocketChannel) channel).shutdownOutput();
  }
}
