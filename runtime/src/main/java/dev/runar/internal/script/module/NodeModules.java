package dev.runar.internal.script.module;

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

  /** What there is, sorted. */
  static List<String> available() {
    return AVAILABLE.stream()
        .map(name -> ONLY_WITH_SCHEME.contains(name) ? SCHEME + name : name)
        .sorted()
        .toList();
  }
}
