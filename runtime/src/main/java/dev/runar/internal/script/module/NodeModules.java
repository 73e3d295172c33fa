package dev.runar.internal.script.module;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Which modules of Node.js there are here, and which only there. Pure; any thread. */
final class NodeModules {
  static final String SCHEME = "node:";

  /** What a script can import, with or without {@code node:}. */
  private static final Set<String> AVAILABLE =
      Set.of(
          "assert",
          "assert/strict",
          "async_hooks",
          "buffer",
          "console",
          "crypto",
          "events",
          "fs",
          "fs/promises",
          "module",
          "os",
          "path",
          "path/posix",
          "path/win32",
          "perf_hooks",
          "process",
          "punycode",
          "querystring",
          "stream",
          "stream/promises",
          "string_decoder",
          "test",
          "timers",
          "timers/promises",
          "tty",
          "url",
          "util",
          "util/types");

  /** What Node.js has beside. */
  private static final Set<String> MISSING =
      Set.of(
          "child_process",
          "cluster",
          "constants",
          "dgram",
          "diagnostics_channel",
          "dns",
          "dns/promises",
          "domain",
          "http",
          "http2",
          "https",
          "inspector",
          "inspector/promises",
          "net",
          "readline",
          "readline/promises",
          "repl",
          "sea",
          "sqlite",
          "stream/consumers",
          "stream/web",
          "sys",
          "test/reporters",
          "tls",
          "trace_events",
          "v8",
          "vm",
          "wasi",
          "worker_threads",
          "zlib");

  /** What there is only with {@code node:}, since packages have these names. */
  private static final Set<String> ONLY_WITH_SCHEME =
      Set.of("sea", "sqlite", "test", "test/reporters");

  private NodeModules() {}

  /** The name without its scheme. */
  static String bare(String specifier) {
    return specifier.startsWith(SCHEME) ? specifier.substring(SCHEME.length()) : specifier;
  }

  static boolean isAvailable(String specifier) {
    return AVAILABLE.contains(bare(specifier))
        && (specifier.startsWith(SCHEME) || !ONLY_WITH_SCHEME.contains(specifier));
  }

  /** Whether the specifier means a module of Node.js that scripts cannot have. */
  static boolean isMissing(String specifier) {
    return specifier.startsWith(SCHEME)
        ? !isAvailable(specifier)
        : MISSING.contains(specifier) && !ONLY_WITH_SCHEME.contains(specifier);
  }

  /** What to use instead of a module that there is not. */
  static String instead(String specifier) {
    return switch (bare(specifier).replaceFirst("/.*", "")) {
      case "http", "https", "http2" ->
          "fetch() makes requests; the node itself serves HTTP and WebSocket, on the port of its"
              + " configuration";
      case "net", "tls", "dgram", "dns" ->
          "fetch() reaches other machines; a raw protocol is a service in Java, or a WebSocket path"
              + " of a service";
      case "child_process" -> "a service in Java can run programs";
      case "cluster", "worker_threads" ->
          "each script has a thread of its own: split the work over scripts";
      case "zlib" -> "CompressionStream and DecompressionStream";
      case "vm" -> "new Function(), within this script";
      case "readline", "repl" -> "a service has no terminal: take the input as a request";
      case "inspector", "trace_events", "v8" -> "runar run --inspect and --cpu-profile";
      case "sqlite" -> "a service in Java can keep a database";
      case "stream" -> "the globals of the web: ReadableStream, Response";
      default -> "nothing in a script";
    };
  }

  /** The functions that a module has in Node.js; empty for one that is not held to that. */
  static List<String> members(String name) {
    return ofNode()
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .flatMap(line -> Arrays.stream(line.substring(name.length() + 2).split(" ", -1)))
        .toList();
  }

  private static String ofNode() {
    try (InputStream in =
        NodeModules.class.getResourceAsStream("/dev/runar/internal/script/node/members.txt")) {
      if (in == null) {
        throw new IllegalStateException("members.txt is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What there is, sorted. */
  static List<String> available() {
    return AVAILABLE.stream()
        .map(name -> ONLY_WITH_SCHEME.contains(name) ? SCHEME + name : name)
        .sorted()
        .toList();
  }
}
