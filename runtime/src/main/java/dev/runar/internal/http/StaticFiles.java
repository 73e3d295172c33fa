package dev.runar.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The files of one folder, and nothing outside of it. Any thread; reads the disk.
 *
 * <p>A path is decoded once; what then has a {@code ..}, a NUL, a backslash or a name that begins
 * with a dot is not found, and neither is a file whose real path leads out of the folder by a
 * symbolic link. Folders are never listed.
 */
public final class StaticFiles {
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("htm", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("pdf", "application/pdf"));
  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private final Optional<Path> root;

  private StaticFiles(Optional<Path> root) {
    this.root = root;
  }

  /** No files at all. */
  public static StaticFiles none() {
    return new StaticFiles(Optional.empty());
  }

  /** The files under a folder; none if there is no such folder. */
  public static StaticFiles under(Path folder) {
    try {
      Path real = folder.toRealPath();
      return Files.isDirectory(real) ? new StaticFiles(Optional.of(real)) : none();
    } catch (IOException e) {
      return none(); // an app need not have one
    }
  }

  /** The answer to a GET or HEAD. */
  public HttpResponse answer(HttpRequest request) {
    try {
      return root.flatMap(folder -> find(folder, request.path()))
          .map(found -> respond(request, found))
          .orElseGet(StaticFiles::notFound);
    } catch (InvalidPathException e) {
      return notFound();
    }
  }

  private static HttpResponse notFound() {
    return HttpResponse.text(404, "not found");
  }

  /** A file, or a folder that has an index. */
  private record Found(Path file, boolean isIndexOfUnslashed) {}

  private static Optional<Found> find(Path folder, String rawPath) {
    return decode(rawPath)
        .filter(StaticFiles::isPlain)
        .map(path -> folder.resolve(path.substring(1)))
        .flatMap(StaticFiles::real)
        .filter(real -> real.startsWith(folder))
        .flatMap(real -> fileOf(real, rawPath.endsWith("/")))
        .filter(found -> found.file().startsWith(folder));
  }

  private static Optional<Found> fileOf(Path real, boolean slashed) {
    if (Files.isDirectory(real)) {
      return real(real.resolve("index.html"))
          .filter(Files::isRegularFile)
          .map(index -> new Found(index, !slashed));
    }
    return Files.isRegularFile(real) && !slashed
        ? Optional.of(new Found(real, false))
        : Optional.empty();
  }

  private static Optional<Path> real(Path path) {
    try {
      return Optional.of(path.toRealPath());
    } catch (IOException e) {
      return Optional.empty(); // missing, or not ours to read
    }
  }

  private static boolean isPlain(String path) {
    if (!path.startsWith("/") || path.indexOf('\0') >= 0 || path.indexOf('\\') >= 0) {
      return false;
    }
    for (String segment : List.of(path.split("/"))) {
      if (segment.startsWith(".") && !segment.equals(".well-known")) {
        return false;
      }
    }
    return !path.contains("//");
  }

  /** Percent-decoded once; empty for a malformed escape or what is not UTF-8. */
  private static Optional<String> decode(String raw) {
    var bytes = ByteBuffer.allocate(raw.length() * 4);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      if (i + 2 >= raw.length()) {
        return Optional.empty();
      }
      int high = Character.digit(raw.charAt(i + 1), 16);
      int low = Character.digit(raw.charAt(i + 2), 16);
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      bytes.put((byte) (high * 16 + low));
      i += 2;
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static HttpResponse respond(HttpRequest request, Found found) {
    if (found.isIndexOfUnslashed()) {
      String query = request.query().isEmpty() ? "" : "?" + request.query();
      return HttpResponse.text(301, "moved").with("location", request.path() + "/" + query);
    }
    try {
      return open(request, found.file());
    } catch (IOException e) {
      return notFound(); // it went away, or is not ours to read
    }
  }

  private static HttpResponse open(HttpRequest request, Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    String tag = tag(attributes);
    if (request.header("if-none-match").filter(known -> isAmong(tag, known)).isPresent()) {
      return HttpResponse.of(304, type(file), new HttpResponse.HeadersOnly(0)).with("etag", tag);
    }
    HttpResponse.Body body = body(request, file, attributes.size());
    return HttpResponse.of(200, type(file), body).with("etag", tag);
  }

  private static HttpResponse.Body body(HttpRequest request, Path file, long size)
      throws IOException {
    if (request.method().equals("HEAD")) {
      return new HttpResponse.HeadersOnly(size);
    }
    FileChannel channel = FileChannel.open(file);
    return new HttpResponse.OpenFile(channel, Math.min(size, channel.size()));
  }

  private static String tag(BasicFileAttributes attributes) {
    long modified = attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS);
    return "\"" + Long.toHexString(modified) + "-" + Long.toHexString(attributes.size()) + "\"";
  }

  private static boolean isAmong(String tag, String ifNoneMatch) {
    for (String known : List.of(ifNoneMatch.split(","))) {
      String strong = known.strip().startsWith("W/") ? known.strip().substring(2) : known.strip();
      if (strong.equals(tag) || strong.equals("*")) {
        return true;
      }
    }
    return false;
  }

  private static String type(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String extension = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, UNKNOWN_TYPE);
  }
}
