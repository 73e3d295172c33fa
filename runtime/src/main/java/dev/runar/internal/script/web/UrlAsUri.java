package dev.runar.internal.script.web;

import java.net.URI;
import java.util.Locale;

/** Turns the address of a {@code URL} of a script into what the JDK's client takes. Any thread. */
final class UrlAsUri {
  /** What the URL standard leaves in a path or a query, and {@link URI} takes nowhere. */
  private static final String FORBIDDEN = " \"<>\\^`{|}";

  private static final String FORBIDDEN_IN_A_PATH = "[]";

  private UrlAsUri() {}

  /**
   * The address with what {@link URI} forbids percent-encoded; a percent sign that begins no such
   * code is, too. The authority stays as it is.
   *
   * @param href as the URL standard serializes it, with an authority
   * @throws IllegalArgumentException when its authority is none for {@link URI}
   */
  static URI of(String href) {
    int path = href.indexOf('/', href.indexOf("://") + "://".length());
    if (path < 0) {
      return URI.create(href);
    }
    var uri = new StringBuilder(href.length()).append(href, 0, path);
    boolean inQuery = false;
    for (int i = path; i < href.length(); i++) {
      char c = href.charAt(i);
      inQuery |= c == '?';
      boolean encoded =
          c == '%'
              ? !isCode(href, i)
              : FORBIDDEN.indexOf(c) >= 0 || (!inQuery && FORBIDDEN_IN_A_PATH.indexOf(c) >= 0);
      if (encoded) {
        uri.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      } else {
        uri.append(c);
      }
    }
    return URI.create(uri.toString());
  }

  private static boolean isCode(String text, int percent) {
    return percent + 2 < text.length()
        && Character.digit(text.charAt(percent + 1), 16) >= 0
        && Character.digit(text.charAt(percent + 2), 16) >= 0;
  }
}
