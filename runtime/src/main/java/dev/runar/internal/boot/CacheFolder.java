package dev.runar.internal.boot;

import java.nio.file.Path;

/** Where this user's caches live, as the XDG base directory specification says. */
final class CacheFolder {
  private CacheFolder() {}

  static Path ofUser() {
    String given = System.getenv("XDG_CACHE_HOME");
    Path base =
        given != null && Path.of(given).isAbsolute()
            ? Path.of(given)
            : Path.of(System.getProperty("user.home", "."), ".cache");
    return base.resolve("runar");
  }
}
