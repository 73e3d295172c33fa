package dev.runar.internal.server;

import dev.runar.internal.broker.Broker;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.HttpResponse;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection while it speaks HTTP: requests one after the other, until one of them turns it
 * into a WebSocket. Event loop only.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = System.getLogger(HttpHandler.class.getName());

  /** What all connections of a server have in common. */
  record Shared(Broker broker, HttpApi api, int maxMessage, Executor disk) {}

  /** Requests that may wait behind one that is being answered; with more the connection ends. */
  private static final int MAX_PIPELINED = 16;

  private final Shared shared;
  private final Loop loop;
  private final Queue<HttpRequest> waiting = new ArrayDeque<>(0);
  private @Nullable ChannelHandlerContext context;
  private Deadlines.@Nullable Deadline deadline;

  /** The request whose end has not come yet. */
  private @Nullable HttpRequest incoming;

  private boolean busy;
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
  }

  /** The server stops: an idle connection ends now, a busy one after its answer. */
  void stop() {
    stopping = true;
    if (!busy && context != null) {
      var _ = context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof HttpRequest request && !ended) {
        takeHead(context, request);
      }
      if (message instanceof LastHttpContent end && !ended) {
        takeEnd(context, end);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void takeHead(ChannelHandlerContext context, HttpRequest request) {
    Optional<HttpResponse> problem = RequestRules.problem(request);
    if (problem.isPresent()) {
      refuse(context, problem.get());
      return;
    }
    incoming = request;
  }

  private void takeEnd(ChannelHandlerContext context, LastHttpContent end) {
    HttpRequest request = incoming;
    incoming = null;
    if (end.decoderResult().isFailure()) {
      refuse(context, RequestRules.malformed(end.decoderResult().cause()));
    } else if (request != null && !busy) {
      serve(context, request);
    } else if (request != null && waiting.size() < MAX_PIPELINED) {
      waiting.add(request);
    } else {
      refuse(context, HttpResponse.text(400, "too many pipelined requests"));
    }
  }

  private void serve(ChannelHandlerContext context, HttpRequest request) {
    busy = true;
    meetDeadline();
    if (Handshake.isWanted(request)) {
      upgrade(context, request);
      return;
    }
    var plain = HttpHead.request(request);
    boolean keepAlive = HttpUtil.isKeepAlive(request) && !hasBody(request) && !stopping;
    Optional<HttpResponse> builtIn = shared.api().builtIn(plain);
    if (builtIn.isPresent()) {
      HttpResponse response = builtIn.get();
      boolean head = plain.method().equals("HEAD");
      respond(context, head ? response.headersOnly() : response, keepAlive);
      return;
    }
    shared.disk().execute(() -> readFile(context, plain, keepAlive));
  }

  private static boolean hasBody(HttpRequest request) {
    return HttpUtil.isTransferEncodingChunked(request)
        || HttpUtil.getContentLength(request, 0L) > 0;
  }

  /** On a thread that may block. */
  private void readFile(
      ChannelHandlerContext context,
      dev.runar.internal.http.HttpRequest request,
      boolean keepAlive) {
    HttpResponse response = file(request);
    try {
      context.executor().execute(() -> respond(context, response, keepAlive));
    } catch (RejectedExecutionException stopped) { // the connection is gone with its event loop
      forget(response);
    }
  }

  private static void forget(HttpResponse response) {
    if (response.body() instanceof HttpResponse.OpenFile(var file, _)) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a file could not be closed", e);
      }
    }
  }

  /** The border where a fault of ours ends: this request only. */
  private HttpResponse file(dev.runar.internal.http.HttpRequest request) {
    try {
      return shared.api().file(request);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a request could not be answered path=" + request.path(), e);
      return HttpResponse.text(500, "internal error");
    }
  }

  private void respond(ChannelHandlerContext context, HttpResponse response, boolean keepAlive) {
    ChannelFuture head =
        context.write(HttpHead.response(context.alloc(), response, keepAlive && !stopping));
    ChannelFuture written =
        switch (response.body()) {
          case HttpResponse.Text text -> context.write(HttpHead.text(context.alloc(), text));
          case HttpResponse.OpenFile(var channel, var size) ->
              context.write(new DefaultFileRegion(channel, 0, size));
          case HttpResponse.HeadersOnly headersOnly -> head;
        };
    if (!keepAlive || stopping) {
      ended = true;
    }
    var _ = written.addListener(done -> answered(context, done.isSuccess()));
    context.flush();
  }

  private void answered(ChannelHandlerContext context, boolean success) {
    if (!success) {
      var _ = context.close();
    } else if (ended) {
      // Only our half: closing both with unread input would reset the connection and lose the
      // answer.
      loop.expectEnd(context.channel());
      var _ = ((SocketChannel) context.channel()).shutdownOutput();
    } else {
      next(context);
    }
  }

  private void next(ChannelHandlerContext context) {
    busy = false;
    HttpRequest request = waiting.poll();
    if (request != null) {
      serve(context, request);
      return;
    }
    deadline = loop.expectRequest(context.channel());
  }

  /** Answers and ends the connection; nothing more is read from it. */
  private void refuse(ChannelHandlerContext context, HttpResponse response) {
    meetDeadline();
    waiting.clear();
    busy = true;
    respond(context, response, false);
  }

  private void upgrade(ChannelHandlerContext context, HttpRequest request) {
    Optional<HttpResponse> problem = Handshake.problem(request);
    HttpHead.Target target = HttpHead.target(request.uri());
    Optional<Broker.Route> route = shared.broker().route(target.path());
    if (problem.isPresent()) {
      refuse(context, problem.get());
    } else if (!waiting.isEmpty()) {
      refuse(context, HttpResponse.text(400, "requests came behind the handshake"));
    } else if (route.isEmpty()) {
      refuse(context, HttpResponse.text(404, "no WebSocket here"));
    } else if (stopping || !shared.broker().admit()) {
      refuse(context, HttpResponse.text(503, "no room for another session"));
    } else {
      accept(context, request, target, route.get());
    }
  }

  private void accept(
      ChannelHandlerContext context,
      HttpRequest request,
      HttpHead.Target target,
      Broker.Route route) {
    var handler = new WebSocketHandler(loop, shared.maxMessage());
    context.pipeline().addLast(handler);
    var _ = context.write(Handshake.accept(context.alloc(), request), context.voidPromise());
    Broker broker = shared.broker();
    handler.begin(
        connection ->
            broker.openSession(loop.lane(), connection, route, target.path(), target.query()));
    context.flush();
    context.pipeline().remove(this);
    // What the decoder has not looked at goes to the new handler.
    context.pipeline().remove(StrictRequestDecoder.class);
  }

  private void meetDeadline() {
    if (deadline != null) {
      deadline.met();
      deadline = null;
    }
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
