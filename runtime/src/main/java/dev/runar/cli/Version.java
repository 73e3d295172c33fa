package dev.runar.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/**
 * The versions of what Runar is made of, read from the files that each library carries: no class of
 * any library is loaded for it.
 */
final class Version {
  private static final String POLYGLOT = "META-INF/graalvm/org.graalvm.polyglot/version";
  private static final String NETTY = "META-INF/maven/io.netty/netty-common/pom.properties";

  private Version() {}

  static String java() {
    return System.getProperty("java.vendor.version", "").isEmpty()
        ? Runtime.version().toString()
        : Runtime.version() + " (" + System.getProperty("java.vendor.version") + ")";
  }

  static Optional<String> graal() {
    return text(POLYGLOT).map(String::strip);
  }

  static Optional<String> netty() {
    return property(NETTY);
  }

  private static Optional<String> property(String resource) {
    return text(resource)
        .map(
            text -> {
              var properties = new Properties();
              try {
                properties.load(new java.io.StringReader(text));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return properties.getProperty("version");
            });
  }

  private static Optional<String> text(String resource) {
    try (InputStream in = Version.class.getClassLoader().getResourceAsStream(resource)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }
}
