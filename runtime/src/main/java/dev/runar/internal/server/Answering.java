package dev.runar.internal.server;

import dev.runar.internal.http.HttpExchange;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.Plan;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedNioFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One answer, from the question to its last byte. Event loop only. */
final class Answering {
  private static final Logger LOG = System.getLogger(Answering.class.getName());
  private static final int FILE_PART = 64 << 10;

  private final HttpHandler.Shared shared;
  private final ChannelHandlerContext context;
  private final @Nullable IncomingRequest request; // null: it could not be understood
  private final HttpHandler connection;
  private final long begunNanos = System.nanoTime();
  private @Nullable HttpExchange exchange;
  private @Nullable StreamWriter stream;
  private SlowReaders.@Nullable Watch watch;
  private boolean events;
  private boolean cancelled;
  private boolean written;

  Answering(
      HttpHandler.Shared shared,
      ChannelHandlerContext context,
      @Nullable IncomingRequest request,
      HttpHandler connection) {
    this.shared = shared;
    this.context = context;
    this.request = request;
    this.connection = connection;
  }

  void begin(Plan plan) {
    IncomingRequest asked = asked();
    switch (plan) {
      case Plan.Now(var response) -> respond(response, asked.keepsAlive());
      case Plan.File file -> shared.disk().execute(() -> hand(file(file)));
      case Plan.Action action -> await(shared.api().ask(action, asked.plain(), asked.body()));
      case Plan.Own(var api) -> await(api.begin(asked.plain(), asked.body()));
    }
  }

  private void await(HttpExchange begun) {
    exchange = begun;
    var _ = begun.response().whenComplete((response, error) -> hand(response));
  }

  private IncomingRequest asked() {
    return java.util.Objects.requireNonNull(request);
  }

  /** The border where a fault of ours ends: this request only. On a thread that may block. */
  private HttpResponse file(Plan.File plan) {
    var plain = asked().plain();
    try {
      return shared.api().file(plain, plan);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a request could not be answered path=" + plain.path(), e);
      return HttpResponse.text(500, "internal error");
    }
  }

  /** Any thread. */
  private void hand(HttpResponse response) {
    try {
      context.executor().execute(() -> take(response));
    } catch (RejectedExecutionException stopped) { // the connection is gone with its event loop
      forget(response);
    }
  }

  private void take(HttpResponse response) {
    asked().release();
    if (cancelled) {
      forget(response);
    } else if (response.body() instanceof HttpResponse.Live && !connection.admits()) {
      respond(HttpResponse.text(503, "no room for another session"), asked().keepsAlive());
    } else {
      respond(response, asked().keepsAlive());
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

  /** Writes it. */
  void respond(HttpResponse given, boolean mayGoOn) {
    HttpResponse response = request == null ? given : shared.api().finished(request.plain(), given);
    boolean isLive = response.body() instanceof HttpResponse.Live;
    boolean streams = isLive || response.body() instanceof HttpResponse.Stream;
    boolean chunked = streams && request != null && !request.isHttp10();
    boolean canGoOn = !isLive && (!streams || chunked);
    boolean keepAlive = mayGoOn && !connection.isStopping() && canGoOn;
    count(response);
    if (!keepAlive) {
      connection.lastAnswer();
    }
    var framing =
        chunked
            ? HttpHead.Framing.CHUNKED
            : streams ? HttpHead.Framing.CONNECTION : HttpHead.Framing.LENGTH;
    var manner = new HttpHead.Manner(framing, keepAlive, connection.date());
    switch (response.body()) {
      case HttpResponse.Text text -> writeWhole(response, manner, text.utf8());
      case HttpResponse.Bytes body -> writeWhole(response, manner, body.bytes());
      case HttpResponse.OpenFile(var channel, var size) -> {
        var _ = writeHead(response, manner);
        last(context.write(file(channel, size)), keepAlive);
      }
      case HttpResponse.HeadersOnly headersOnly -> last(writeHead(response, manner), keepAlive);
      case HttpResponse.Stream(var parts) -> {
        var _ = writeHead(response, manner);
        events = "text/event-stream".equals(response.headers().get("content-type"));
        stream = new StreamWriter(context, chunked, end -> last(end, keepAlive));
        parts.subscribe(stream);
      }
      case HttpResponse.Live live -> {
        var _ = writeHead(response, manner);
        written = true; // what follows is the session's
        connection.live(context, asked(), live);
        return;
      }
    }
    context.flush();
    if (!written && !cancelled) { // most answers are taken at once
      watch = connection.expectReader(context, this::stalled);
    }
  }

  private ChannelFuture writeHead(HttpResponse response, HttpHead.Manner manner) {
    return context.write(HttpHead.response(context.alloc(), response, manner));
  }

  private void writeWhole(HttpResponse response, HttpHead.Manner manner, byte[] body) {
    last(
        context.write(HttpHead.whole(context.alloc(), response, manner, body)), manner.keepAlive());
  }

  /** By the system, past this process; TLS has to see the bytes. */
  private Object file(FileChannel channel, long size) {
    if (context.pipeline().get(SslHandler.class) == null) {
      return new DefaultFileRegion(channel, 0, size);
    }
    try {
      return new ChunkedNioFile(channel, 0, size, FILE_PART);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stalled() {
    shared.api().counters().stalled();
    LOG.log(
        Level.DEBUG,
        () ->
            "a client does not read its answer, reset remote=" + context.channel().remoteAddress());
  }

  private void unwatch() {
    if (watch != null) {
      watch.end();
      watch = null;
    }
  }

  private void count(HttpResponse response) {
    if (request == null) {
      shared.api().counters().answered(response.status());
    } else {
      shared.api().answered(request.plain(), response, System.nanoTime() - begunNanos);
    }
  }

  private void last(ChannelFuture end, boolean keepAlive) {
    var _ = end.addListener(done -> written(done.isSuccess(), keepAlive));
  }

  private void written(boolean success, boolean keepAlive) {
    if (!success) { // the client went while there was more to write
      cancel();
      var _ = context.close();
      return;
    }
    written = true;
    unwatch();
    if (!keepAlive) {
      connection.end(context);
    } else if (connection.isStopping()) {
      var _ = context.close();
    } else {
      connection.next(context);
    }
  }

  /** The client takes more. */
  void writable() {
    if (stream != null) {
      stream.more();
    }
  }

  /** The server stops: what never ends by itself, and whose clients come again, ends now. */
  void hurry() {
    if (stream != null && events) {
      stream.cutShort();
    }
  }

  /** The client has gone. Repeatable. */
  void cancel() {
    if (cancelled || written) {
      return;
    }
    cancelled = true;
    unwatch();
    shared.api().counters().aborted();
    if (stream != null) {
      stream.cancel();
    }
    if (exchange != null) {
      exchange.cancel();
    }
    if (request != null) {
      request.release();
    }
  }
}
