package dev.runar.internal.server;

import dev.runar.internal.broker.Arrival;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Uplink;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.HttpResponse.MessageForm;
import dev.runar.internal.protocol.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose response is a session: it is only watched for its end, as nothing belongs
 * behind the request. Event loop only.
 */
final class StreamHandler extends ChannelInboundHandlerAdapter {
  /** Who sends more behind its request wants something that there is not. */
  private static final int MOST_IGNORED = 64 << 10;

  private final Loop loop;

  // From handlerAdded and from begin on.
  private @Nullable ChannelHandlerContext context;
  private @Nullable ClientSession session;

  private int ignored;

  StreamHandler(Loop loop) {
    this.loop = loop;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext newContext) {
    context = newContext;
  }

  /**
   * The head of the response is on its way: the session begins, on a place that is reserved, with
   * what the client has said already.
   */
  void begin(
      Broker broker, IncomingRequest request, HttpResponse.Live live, Map<String, String> headers) {
    ChannelHandlerContext own = Objects.requireNonNull(context);
    Uplink uplink = broker.uplinks().make();
    var arrival =
        new Arrival(
            request.plain().path(),
            live.query(),
            request.head().headers().get(HttpHeaderNames.ORIGIN),
            own.pipeline().get(SslHandler.class) != null,
            live.subprotocol().isEmpty() ? null : live.subprotocol(),
            null,
            uplink.key(),
            headers);
    var connection =
        new StreamConnection(
            new Wire(own, loop),
            new StreamFraming(live.form(), !request.isHttp10()),
            live.opening().dialect(arrival),
            uplink);
    loop.lane().beginBurst();
    ClientSession begun =
        broker.openSession(loop.lane(), connection, new Broker.Route.Own(live.opening()), arrival);
    session = begun;
    uplink.begin(begun);
    byte[] first = live.first().bytes();
    if (live.form() == MessageForm.BYTES) {
      begun.receiveBinary(first, 0, first.length);
    } else {
      begun.receiveText(first, 0, first.length);
    }
    loop.lane().endBurst();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      ignored += bytes.readableBytes();
    }
    ReferenceCountUtil.release(message);
    if (ignored > MOST_IGNORED) {
      var _ = context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (session != null) {
      session.closedByPeer(CloseCode.LOST, "the connection was lost");
    }
  }

  /** A reset, most of the time; a fault of ours ends this connection only. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      System.getLogger(StreamHandler.class.getName())
          .log(System.Logger.Level.ERROR, "a connection failed", cause);
    }
    var _ = context.close();
  }
}
