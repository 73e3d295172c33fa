package dev.runar.path;

import dev.runar.apps.App;
import dev.runar.internal.protocol.pusher.Signature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A server that signs as the protocol says and calls the HTTP API of a node. */
final class PusherServer {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final URI base;
  private final App app;
  private String prefix = "";
  private int calls;

  PusherServer(URI base, App app) {
    this.base = base;
    this.app = app;
  }

  /** What the node answered. */
  record Answer(int status, String body, HttpResponse<String> response) {
    @Override
    public String toString() {
      return status + " " + body;
    }
  }

  PusherServer withPrefix(String newPrefix) {
    prefix = newPrefix;
    return this;
  }

  Answer post(String path, String body) {
    return send("POST", path, signed("POST", path, body, Map.of()), body);
  }

  Answer get(String path, Map<String, String> query) {
    return send("GET", path, signed("GET", path, "", query), "");
  }

  Answer get(String path) {
    return get(path, Map.of());
  }

  /** The query of a right request, to be sent or to be spoiled. */
  Map<String, String> signed(String method, String path, String body, Map<String, String> more) {
    var query = new TreeMap<>(more);
    query.put("auth_key", app.key());
    // Each of its own time, so that none is taken for a repeated one.
    query.putIfAbsent(
        "auth_timestamp", Long.toString(System.currentTimeMillis() / 1_000 - calls++));
    query.put("auth_version", "1.0");
    if (!body.isEmpty()) {
      query.put("body_md5", md5(body));
    }
    return sign(method, path, query);
  }

  /** Signs what is there. */
  Map<String, String> sign(String method, String path, Map<String, String> query) {
    var all = new TreeMap<>(query);
    all.remove("auth_signature");
    String text =
        all.entrySet().stream()
            .map(pair -> pair.getKey() + "=" + pair.getValue())
            .collect(Collectors.joining("&"));
    all.put(
        "auth_signature",
        Signature.sign(
            app.secrets().getFirst().reveal(), method + "\n" + full(path) + "\n" + text));
    return all;
  }

  private String full(String path) {
    return "/apps/" + app.id() + "/" + path;
  }

  Answer send(String method, String path, Map<String, String> query, String body) {
    String text =
        query.entrySet().stream()
            .map(pair -> encoded(pair.getKey()) + "=" + encoded(pair.getValue()))
            .collect(Collectors.joining("&"));
    return sendRaw(method, full(path) + "?" + text, body);
  }

  Answer sendRaw(String method, String pathAndQuery, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(prefix + pathAndQuery))
            .header("content-type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Where a right POST goes, for who sends it by other means. */
  URI uri(String path, String body) {
    String query =
        signed("POST", path, body, Map.of()).entrySet().stream()
            .map(pair -> encoded(pair.getKey()) + "=" + encoded(pair.getValue()))
            .collect(Collectors.joining("&"));
    return base.resolve(prefix + full(path) + "?" + query);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static String md5(String body) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(body.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
