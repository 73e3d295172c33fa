package dev.runar.internal.server;

import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.Plan;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request from its head to its answer, with as much of its body as came. Event loop only. */
final class IncomingRequest {
  /** A body that nobody reads may have this size; then the connection ends. */
  private static final long MOST_IGNORED = 1 << 20;

  private final HttpHandler.Shared shared;
  private final HttpRequest head;
  private final dev.runar.internal.http.HttpRequest plain;
  private final @Nullable Plan plan; // null: a WebSocket handshake
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private long seen;
  private long held;

  IncomingRequest(HttpHandler.Shared shared, HttpRequest head, String remoteAddress) {
    this.shared = shared;
    this.head = head;
    this.plain = HttpHead.request(head, remoteAddress);
    this.plan = Handshake.isWanted(head) ? null : shared.api().plan(plain);
  }

  HttpRequest head() {
    return head;
  }

  dev.runar.internal.http.HttpRequest plain() {
    return plain;
  }

  @Nullable Plan plan() {
    return plan;
  }

  byte[] body() {
    return body.toByteArray();
  }

  /** Whether an answer may be followed by another request: not behind a body that nobody read. */
  boolean keepsAlive() {
    return HttpUtil.isKeepAlive(head) && (readsBody() || !hasBody());
  }

  boolean isHttp10() {
    return head.protocolVersion().equals(HttpVersion.HTTP_1_0);
  }

  private boolean hasBody() {
    return HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
  }

  /** Why its body is not even read; empty: it is. */
  Optional<HttpResponse> problem() {
    if (HttpUtil.getContentLength(head, 0L) > most()) {
      return Optional.of(tooLarge());
    }
    if (!readsBody()) {
      return Optional.empty();
    }
    if (hasBody() && !shared.api().takesBody(plain)) {
      return Optional.of(shared.api().bodyNotWanted(plain));
    }
    String expected = head.headers().get(HttpHeaderNames.EXPECT);
    return expected == null || expected.equalsIgnoreCase("100-continue")
        ? Optional.empty()
        : Optional.of(HttpResponse.text(417, "the only expectation is 100-continue"));
  }

  /** Asks the client for the body, if it waits to be asked. */
  void invite(ChannelHandlerContext context) {
    if (readsBody() && hasBody() && HttpUtil.is100ContinueExpected(head)) {
      var _ = context.writeAndFlush(HttpHead.goOn(context.alloc()));
    }
  }

  /** Takes a piece of the body, or says why not. */
  Optional<HttpResponse> add(ByteBuf content) {
    int size = content.readableBytes();
    seen += size;
    if (seen > most()) {
      return Optional.of(tooLarge());
    }
    if (size == 0 || !readsBody()) {
      return Optional.empty();
    }
    if (shared.bodies().take(size) == BodyBudget.Answer.FULL) {
      return Optional.of(shared.api().noRoom());
    }
    held += size;
    var bytes = new byte[size];
    content.readBytes(bytes);
    body.writeBytes(bytes);
    return Optional.empty();
  }

  private long most() {
    return switch (plan) {
      case Plan.Action _ -> shared.maxMessage();
      case Plan.Own(var api) -> Math.min(api.mostBytes(plain.path()), shared.maxMessage());
      case null, default -> MOST_IGNORED;
    };
  }

  private boolean readsBody() {
    return plan != null && plan.wantsBody();
  }

  private HttpResponse tooLarge() {
    HttpApi api = shared.api();
    return readsBody() ? api.tooLarge(most()) : HttpResponse.text(413, "the body is too large");
  }

  /** Its body is not needed any more. Repeatable. */
  void release() {
    shared.bodies().giveBack(held);
    held = 0;
  }
}
