package dev.runar.internal.server;

import dev.runar.Payload;
import dev.runar.SocketHandler;
import dev.runar.internal.broker.Arrival;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.broker.QueryString;
import dev.runar.internal.broker.SocketQuestion;
import dev.runar.internal.broker.TopicForms;
import dev.runar.internal.http.HttpResponse;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket handshake, from the request to a session or a refusal. The service of a raw path is
 * asked first, and while it thinks about it nothing more is read of the client. Event loop only.
 */
final class Upgrade {
  private static final Logger LOG = System.getLogger(Upgrade.class.getName());

  private final HttpHandler.Shared shared;
  private final Loop loop;
  private final ChannelHandlerContext context;
  private final IncomingRequest request;
  private final HttpHead.Target target;
  private final HttpHandler connection;

  /** While the service is asked: the question, and the end of its time. */
  private @Nullable Hearing hearing;

  private record Hearing(
      SocketQuestion question, Future<?> deadline, StrictRequestDecoder decoder) {}

  Upgrade(
      HttpHandler.Shared shared,
      Loop loop,
      ChannelHandlerContext context,
      IncomingRequest request,
      HttpHandler connection) {
    this.shared = shared;
    this.loop = loop;
    this.context = context;
    this.request = request;
    this.target = HttpHead.target(request.head().uri());
    this.connection = connection;
  }

  /**
   * Answers, now or when the service has.
   *
   * @param isAlone no requests came behind it
   */
  void begin(boolean isAlone) {
    Optional<HttpResponse> problem = Handshake.problem(request.head());
    Optional<Broker.Route> route = shared.broker().route(target.path());
    if (problem.isPresent()) {
      refuse(problem.get());
    } else if (!isAlone) {
      refuse(HttpResponse.text(400, "requests came behind the handshake"));
    } else if (route.isEmpty()) {
      refuse(HttpResponse.text(404, "no WebSocket here"));
    } else if (TopicForms.problem(route.get(), target.query()).isPresent()) {
      refuse(HttpResponse.text(400, TopicForms.problem(route.get(), target.query()).orElseThrow()));
    } else if (connection.isStopping() || !shared.broker().admit()) {
      sayNoRoom(route.get());
    } else if (SocketQuestion.isWanted(route.get())) {
      hear(route.get());
    } else {
      accept(route.get(), null);
    }
  }

  private void refuse(HttpResponse response) {
    connection.refuse(context, response);
  }

  /** Clients of some dialects understand close codes only. */
  private void sayNoRoom(Broker.Route route) {
    String reason = "no room for another session";
    if (route instanceof Broker.Route.Own(var opening)) {
      connection.lastAnswer();
      var _ =
          context.write(
              Handshake.accept(
                  context.alloc(), request.head(), subprotocol(route), Optional.empty()),
              context.voidPromise());
      var _ =
          context.writeAndFlush(
              Frames.close(context.alloc(), opening.noRoomCode(), reason), context.voidPromise());
      connection.end(context);
    } else {
      refuse(HttpResponse.text(503, reason));
    }
  }

  private void hear(Broker.Route route) {
    if (!loop.beginHearing()) {
      shared.broker().forgo();
      deny(Refusal.HANDSHAKE_LIMIT, passing("too many handshakes wait; try again later"));
      return;
    }
    context.channel().config().setAutoRead(false);
    var decoder = context.pipeline().get(StrictRequestDecoder.class);
    decoder.hold();
    Future<?> deadline =
        context.executor().schedule(this::late, loop.handshakeNanos(), TimeUnit.NANOSECONDS);
    hearing =
        new Hearing(
            SocketQuestion.ask(route, asked(), answer -> hand(route, answer)), deadline, decoder);
  }

  private SocketHandler.Request asked() {
    var plain = request.plain();
    return new SocketHandler.Request(
        plain.path(),
        QueryString.parse(plain.query()),
        shared.api().headersOfClient(plain),
        plain.remoteAddress(),
        Handshake.subprotocols(request.head()));
  }

  /** Any thread. */
  private void hand(Broker.Route route, SocketQuestion.Answer answer) {
    try {
      context.executor().execute(() -> heard(route, answer));
    } catch (RejectedExecutionException stopped) { // the connection is gone with its event loop
      LOG.log(Level.DEBUG, "a service has answered when the port had closed");
    }
  }

  private void heard(Broker.Route route, SocketQuestion.Answer answer) {
    if (!endHearing()) {
      return; // it was too late, or the client has gone
    }
    switch (answer) {
      case SocketQuestion.Answer.Welcome(var identity) -> accept(route, identity);
      case SocketQuestion.Answer.Refused refused -> {
        shared.broker().forgo();
        deny(
            refused.reason(),
            refused.isPassing()
                ? passing(refused.told())
                : HttpResponse.text(refused.status(), refused.told()));
      }
    }
  }

  private void deny(Refusal reason, HttpResponse response) {
    shared.broker().stats().refused(reason);
    refuse(response);
  }

  private static HttpResponse passing(String why) {
    return HttpResponse.text(503, why).with("retry-after", "1");
  }

  private void late() {
    if (endHearing()) {
      shared.broker().forgo();
      LOG.log(Level.WARNING, () -> "accept has taken too long path=" + target.path());
      deny(Refusal.HANDSHAKE_LATE, passing("the service did not answer in time; try again later"));
    }
  }

  /** The server stops. False when nothing waits. */
  boolean stop() {
    if (!endHearing()) {
      return false;
    }
    shared.broker().forgo();
    refuse(passing("the node stops"));
    return true;
  }

  /** Nobody waits for the answer any more. Repeatable. */
  void cancel() {
    if (endHearing()) {
      shared.broker().forgo();
    }
  }

  /** False when nobody is asked any more. */
  private boolean endHearing() {
    if (hearing == null) {
      return false;
    }
    Hearing ended = hearing;
    hearing = null;
    loop.endHearing();
    ended.deadline().cancel(false);
    ended.question().giveUp(); // without effect if it was answered
    ended.decoder().release(); // who is refused fills no memory
    context.channel().config().setAutoRead(true);
    return true;
  }

  private void accept(Broker.Route route, @Nullable Payload identity) {
    HttpRequest head = request.head();
    Optional<String> extension =
        shared.compresses() ? PerMessageDeflate.answer(head.headers()) : Optional.empty();
    var handler = new WebSocketHandler(loop, shared.maxMessage(), extension.isPresent());
    context.pipeline().addLast(handler);
    Optional<String> subprotocol = subprotocol(route);
    var _ =
        context.write(
            Handshake.accept(context.alloc(), head, subprotocol, extension), context.voidPromise());
    Broker broker = shared.broker();
    var arrival =
        new Arrival(
            target.path(),
            target.query(),
            head.headers().get(HttpHeaderNames.ORIGIN),
            context.pipeline().get(SslHandler.class) != null,
            subprotocol.orElse(null),
            identity,
            "",
            shared.headersOf(request));
    handler.begin(connection -> broker.openSession(loop.lane(), connection, route, arrival));
    context.flush();
    connection.leave(context);
  }

  private Optional<String> subprotocol(Broker.Route route) {
    return route instanceof Broker.Route.Own(var opening)
        ? opening.subprotocol(Handshake.subprotocols(request.head()))
        : Optional.empty();
  }
}
