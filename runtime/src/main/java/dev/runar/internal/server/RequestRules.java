package dev.runar.internal.server;

import dev.runar.internal.http.HttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;

/** What every request head must be like before anybody looks at what it asks for. Stateless. */
final class RequestRules {
  private RequestRules() {}

  /** Why the request is refused and its connection closed; empty when all is well. */
  static Optional<HttpResponse> problem(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(malformed(request.decoderResult().cause()));
    }
    if (!request.uri().startsWith("/")) {
      return refuse(400, "the request target must begin with /");
    }
    return version(request).or(() -> body(request));
  }

  static HttpResponse malformed(Throwable cause) {
    if (cause instanceof TooLongHttpHeaderException) {
      return HttpResponse.text(431, "the headers are too large");
    }
    if (cause instanceof TooLongHttpLineException) {
      return HttpResponse.text(414, "the request line is too long");
    }
    return HttpResponse.text(400, "malformed request");
  }

  private static Optional<HttpResponse> version(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    if (version.equals(HttpVersion.HTTP_1_0)) {
      return Optional.empty();
    }
    if (!version.equals(HttpVersion.HTTP_1_1)) {
      return refuse(505, "only HTTP/1.1 and HTTP/1.0");
    }
    return request.headers().getAll(HttpHeaderNames.HOST).size() == 1
        ? Optional.empty()
        : refuse(400, "one Host header is needed");
  }

  private static Optional<HttpResponse> body(HttpRequest request) {
    HttpHeaders headers = request.headers();
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    boolean chunked = codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
    if (!codings.isEmpty()
        && (!chunked || request.protocolVersion().equals(HttpVersion.HTTP_1_0))) {
      return refuse(400, "the only Transfer-Encoding is chunked, in HTTP/1.1");
    }
    return Optional.empty();
  }

  private static Optional<HttpResponse> refuse(int status, String why) {
    return Optional.of(HttpResponse.text(status, why));
  }
}
