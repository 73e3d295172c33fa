package dev.runar.internal.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's decoder with small bounds. A request that says its length in two ways is an error, and so
 * is a folded header, which Netty would join to the line before: whoever sends either wants two
 * servers to read two different requests. Event loop only.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  private static final int MAX_LINE = 8_192;
  private static final int MAX_HEADERS = 16_384;
  private static final int MAX_CHUNK = 8_192;

  /** Where in a request the bytes that come next are. */
  private enum Place {
    BEFORE_REQUEST,
    REQUEST_LINE,
    HEADER_START,
    HEADER,
    BODY
  }

  private Place place = Place.BEFORE_REQUEST;
  private boolean folded;
  private boolean held;

  StrictRequestDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxChunkSize(MAX_CHUNK)
            .setStrictLineParsing(true)
            .setAllowDuplicateContentLengths(false));
  }

  /** What comes from now on is no request: it is kept for who takes the connection over. */
  void hold() {
    held = true;
  }

  /** What comes from now on are requests again, if anybody still listens to them. */
  void release() {
    held = false;
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }

  /** One call never takes bytes of both a head and a body. */
  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> out)
      throws Exception {
    if (held) {
      return;
    }
    int from = input.readerIndex();
    int known = out.size();
    super.decode(context, input, out);
    follow(input, from, input.readerIndex());
    for (Object decoded : out.subList(known, out.size())) {
      see(decoded);
    }
  }

  /** Of a line only the beginning matters. */
  private void follow(ByteBuf input, int from, int to) {
    for (int at = from; at < to && place != Place.BODY; at++) {
      if (place == Place.REQUEST_LINE || place == Place.HEADER) {
        at = input.indexOf(at, to, (byte) '\n');
        if (at < 0) {
          return;
        }
      }
      place = after(input.getByte(at));
    }
  }

  private Place after(byte next) {
    return switch (place) {
      case BEFORE_REQUEST -> (next & 0xff) > ' ' ? Place.REQUEST_LINE : Place.BEFORE_REQUEST;
      case REQUEST_LINE -> next == '\n' ? Place.HEADER_START : Place.REQUEST_LINE;
      case HEADER_START -> {
        folded |= next == ' ' || next == '\t';
        yield next == '\n' ? Place.HEADER_START : Place.HEADER;
      }
      case HEADER -> next == '\n' ? Place.HEADER_START : Place.HEADER;
      case BODY -> Place.BODY;
    };
  }

  private void see(Object decoded) {
    if (decoded instanceof HttpMessage message) {
      place = Place.BODY;
      if (folded && message.decoderResult().isSuccess()) {
        message.setDecoderResult(
            DecoderResult.failure(new IllegalArgumentException("a folded header")));
      }
    }
    if (decoded instanceof LastHttpContent) {
      place = Place.BEFORE_REQUEST;
      folded = false;
    }
  }
}
