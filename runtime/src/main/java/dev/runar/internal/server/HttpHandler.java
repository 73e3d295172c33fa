package dev.runar.internal.server;

import dev.runar.internal.broker.Broker;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.Plan;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection while it speaks HTTP: requests one after the other, until one of them turns it
 * into a WebSocket. Event loop only.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = System.getLogger(HttpHandler.class.getName());

  /**
   * What all connections of a server have in common.
   *
   * @param keepsHeaders sessions know the headers of the requests that they came by
   */
  record Shared(
      Broker broker,
      HttpApi api,
      int maxMessage,
      boolean compresses,
      Executor disk,
      BodyBudget bodies,
      boolean keepsHeaders) {
    /** For who asks an action about clients. */
    Map<String, String> headersOf(IncomingRequest request) {
      return keepsHeaders ? api.headersOfClient(request.plain()) : Map.of();
    }
  }

  /** Requests that may wait behind one that is being answered; with more the connection ends. */
  private static final int MAX_PIPELINED = 16;

  private final Shared shared;
  private final Loop loop;
  private final Queue<IncomingRequest> waiting = new ArrayDeque<>(0);
  private @Nullable ChannelHandlerContext context;
  private Deadlines.@Nullable Deadline deadline;

  /** The request whose end has not come yet. */
  private @Nullable IncomingRequest incoming;

  /** The answer that is being made or written. */
  private @Nullable Answering answering;

  /** What is said when everything before it is answered. */
  private @Nullable HttpResponse refusal;

  /** A handshake that waits for the service behind its path. */
  private @Nullable Upgrade upgrade;

  private boolean stopping;
  private boolean ended;

  HttpHandler(Shared shared, Loop loop) {
    this.shared = shared;
    this.loop = loop;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext newContext) {
    context = newContext;
    loop.add(this);
    deadline = loop.expectRequest(newContext.channel());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext oldContext) {
    loop.remove(this);
    meetDeadline();
    giveUp();
  }

  /** The client has gone: nobody waits for what it has asked. */
  @Override
  public void channelInactive(ChannelHandlerContext context) {
    giveUp();
    context.fireChannelInactive();
  }

  private void giveUp() {
    if (upgrade != null) {
      upgrade.cancel();
      upgrade = null;
    }
    if (answering != null) {
      answering.cancel();
      answering = null;
    }
    forgetIncoming();
  }

  private void forgetIncoming() {
    if (incoming != null) {
      incoming.release();
      incoming = null;
    }
    waiting.forEach(IncomingRequest::release);
    waiting.clear();
  }

  /** The server stops: an idle connection ends now, a busy one after its answer. */
  void stop() {
    stopping = true;
    if (upgrade != null && upgrade.stop()) {
      return;
    }
    if (answering != null) {
      answering.hurry();
    } else if (context != null) {
      var _ = context.close();
    }
  }

  boolean isStopping() {
    return stopping;
  }

  /** Of an answer that is given now. */
  String date() {
    return loop.date();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof HttpRequest request && !ended) {
        takeHead(context, request);
      }
      if (message instanceof HttpContent content && !ended && incoming != null) {
        takeContent(context, incoming, content);
      }
      if (message instanceof LastHttpContent end && !ended) {
        takeEnd(context, end);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void takeHead(ChannelHandlerContext context, HttpRequest head) {
    Optional<HttpResponse> problem = RequestRules.problem(head);
    if (problem.isPresent()) {
      refuse(context, problem.get());
      return;
    }
    var request = new IncomingRequest(shared, head, remoteAddress(context));
    Optional<HttpResponse> ofBody = request.problem();
    if (ofBody.isPresent()) {
      refuse(context, shared.api().finished(request.plain(), ofBody.get()));
      return;
    }
    incoming = request;
    if (answering == null) { // an invitation would come before the answer that is due
      request.invite(context);
    }
  }

  private static String remoteAddress(ChannelHandlerContext context) {
    return context.channel().remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "";
  }

  private void takeContent(
      ChannelHandlerContext context, IncomingRequest request, HttpContent content) {
    Optional<HttpResponse> problem = request.add(content.content());
    if (problem.isPresent()) {
      refuse(context, shared.api().finished(request.plain(), problem.get()));
    }
  }

  private void takeEnd(ChannelHandlerContext context, LastHttpContent end) {
    IncomingRequest request = incoming;
    incoming = null;
    if (end.decoderResult().isFailure()) {
      if (request != null) {
        request.release();
      }
      refuse(context, RequestRules.malformed(end.decoderResult().cause()));
    } else if (request != null && answering == null) {
      serve(context, request);
    } else if (request != null && waiting.size() < MAX_PIPELINED) {
      waiting.add(request);
    } else {
      if (request != null) {
        request.release();
      }
      refuse(context, HttpResponse.text(400, "too many pipelined requests"));
    }
  }

  private void serve(ChannelHandlerContext context, IncomingRequest request) {
    meetDeadline();
    Plan plan = request.plan();
    if (plan == null) {
      upgrade = new Upgrade(shared, loop, context, request, this);
      upgrade.begin(waiting.isEmpty());
      return;
    }
    answering = new Answering(shared, context, request, this);
    answering.begin(plan);
  }

  /** The answer is written, and the connection is not to be used again. */
  void end(ChannelHandlerContext context) {
    // Only our half: closing both with unread input would reset the connection and lose the
    // answer.
    loop.expectEnd(context.channel());
    HalfClose.of(context.channel());
  }

  /** The client has to read on. */
  SlowReaders.Watch expectReader(ChannelHandlerContext context, Runnable givenUp) {
    return loop.expectReader(context.channel(), givenUp);
  }

  /** No request is listened to any more. */
  void lastAnswer() {
    ended = true;
  }

  /** The answer is written; the next request may be answered. */
  void next(ChannelHandlerContext context) {
    answering = null;
    IncomingRequest request = waiting.poll();
    if (request != null) {
      serve(context, request);
      return;
    }
    if (refusal != null) {
      sayRefusal(context, refusal);
      return;
    }
    deadline = loop.expectRequest(context.channel());
  }

  /** Answers in its turn and ends the connection; nothing more is read from it. */
  void refuse(ChannelHandlerContext context, HttpResponse response) {
    meetDeadline();
    ended = true;
    if (upgrade != null) {
      upgrade.cancel();
      upgrade = null;
    }
    if (incoming != null) {
      incoming.release();
      incoming = null;
    }
    if (answering == null) {
      sayRefusal(context, response);
    } else {
      refusal = response;
    }
  }

  private void sayRefusal(ChannelHandlerContext context, HttpResponse response) {
    answering = new Answering(shared, context, null, this);
    answering.respond(response, false);
  }

  /** Reserves a place for a session, if there is one. */
  boolean admits() {
    return !stopping && shared.broker().admit();
  }

  /** The head of the answer is written; its body is a session, and no request follows. */
  void live(ChannelHandlerContext context, IncomingRequest request, HttpResponse.Live live) {
    answering = null;
    var handler = new StreamHandler(loop);
    context.pipeline().addLast(handler);
    handler.begin(shared.broker(), request, live, shared.headersOf(request));
    context.flush();
    leave(context);
  }

  /** From now on the connection is another handler's. */
  void leave(ChannelHandlerContext context) {
    boolean isSecure = context.pipeline().get(SslHandler.class) != null;
    context.pipeline().remove(this);
    // What the decoder has not looked at goes to the new handler.
    context.pipeline().remove(StrictRequestDecoder.class);
    if (isSecure) {
      context.pipeline().remove(ChunkedWriteHandler.class); // files are no more
    }
  }

  private void meetDeadline() {
    if (deadline != null) {
      deadline.met();
      deadline = null;
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (answering != null) {
      answering.writable();
    }
    context.fireChannelWritabilityChanged();
  }

  /** A reset, most of the time. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.log(Level.ERROR, "a connection failed", cause);
    }
    var _ = context.close();
  }
}
