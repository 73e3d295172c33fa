package dev.runar.internal.server;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder with small bounds; a request that says its length in two ways is an error. */
final class StrictRequestDecoder extends HttpRequestDecoder {
  private static final int MAX_LINE = 8_192;
  private static final int MAX_HEADERS = 16_384;
  private static final int MAX_CHUNK = 8_192;

  StrictRequestDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxChunkSize(MAX_CHUNK)
            .setStrictLineParsing(true)
            .setAllowDuplicateContentLengths(false));
  }

  /** Whoever sends both wants two servers to read two different requests. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
