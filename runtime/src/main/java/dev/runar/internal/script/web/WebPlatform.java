package dev.runar.internal.script.web;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Cleaner;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.graalvm.polyglot.Source;
import org.jspecify.annotations.Nullable;

/**
 * What all script contexts of an engine share: the JavaScript files behind the globals, read when
 * first wanted and parsed once by the engine, and the HTTP client. Any thread.
 */
public final class WebPlatform implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  private final ConcurrentHashMap<String, Source> sources = new ConcurrentHashMap<>();
  private @Nullable HttpClient client; // guarded by this
  private @Nullable Cleaner cleaner; // guarded by this

  /** The file of that name in this package's resources, without its ending. */
  Source source(String name) {
    return sources.computeIfAbsent(name, WebPlatform::read);
  }

  private static Source read(String name) {
    String file = name + ".js";
    try (InputStream in = WebPlatform.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Source.newBuilder("js", text, "runar:web/" + file).internal(true).buildLiteral();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + file, e);
    }
  }

  /** Follows no redirect: each is asked for again, so that permissions are asked for again. */
  synchronized HttpClient client() {
    HttpClient known = client;
    if (known == null) {
      known =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECT_TIMEOUT)
              .build();
      client = known;
    }
    return known;
  }

  /** Ends what scripts have forgotten. Its thread lives as long as anything is registered. */
  synchronized Cleaner cleaner() {
    Cleaner known = cleaner;
    if (known == null) {
      known = Cleaner.create();
      cleaner = known;
    }
    return known;
  }

  /** Ends what still goes on. */
  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }
}
