package dev.runar.internal.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/**
 * Looks at the first byte of a connection: a TLS handshake goes on as one, and whoever speaks plain
 * HTTP is told so in the language that it understands. Stays as what hears of handshakes that fail.
 * Event loop only.
 */
final class TlsFirstByte extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = System.getLogger(TlsFirstByte.class.getName());
  private static final byte HANDSHAKE = 22;
  private static final String WHY = "this port speaks HTTPS and WSS only";
  private static final byte[] ANSWER =
      "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n%s\r\n\r\n%s"
          .formatted(WHY.length(), "connection: close", WHY)
          .getBytes(StandardCharsets.US_ASCII);

  private final TlsDoor door;
  private boolean known;
  private boolean refused;

  TlsFirstByte(TlsDoor door) {
    this.door = door;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (known || !(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
      context.fireChannelRead(message);
    } else if (bytes.getByte(bytes.readerIndex()) == HANDSHAKE) {
      known = true;
      // In front of this, which so hears what becomes of it.
      context
          .pipeline()
          .addBefore(context.name(), null, door.handler(context.channel()))
          .addAfter(context.name(), null, TlsDoor.files())
          .fireChannelRead(message);
    } else {
      bytes.release();
      refuse(context);
    }
  }

  private void refuse(ChannelHandlerContext context) {
    refused = true;
    door.countPlain();
    // Only our half: closing both with unread input would reset the connection and lose the answer.
    var _ =
        context
            .writeAndFlush(context.alloc().directBuffer(ANSWER.length).writeBytes(ANSWER))
            .addListener(done -> HalfClose.of(context.channel()));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      door.countFailure();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean ofTls =
        cause instanceof SSLException
            || (cause instanceof DecoderException && cause.getCause() instanceof IOException);
    if (!ofTls) {
      context.fireExceptionCaught(cause);
      return;
    }
    LOG.log(
        Level.DEBUG,
        () -> "TLS failed remote=" + context.channel().remoteAddress() + " why=" + cause);
    var _ = context.close();
  }
}
