package dev.runar.internal.http;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.HttpCall.Cookie;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What an action says beside its result: status, headers, cookies. Any thread. */
final class Reply {
  private static final int MAX_HEADERS = 64;
  private static final int MAX_BYTES = 16_384;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  /** One line of visible characters, as RFC 9110 has it, without those beyond ASCII. */
  private static final Pattern VALUE = Pattern.compile("(?:[!-~](?:[ -~\\t]*[!-~])?)?");

  private static final Pattern COOKIE_VALUE = Pattern.compile("[!#-+\\--:<-\\[\\]-~]*");
  private static final Pattern COOKIE_PLACE = Pattern.compile("[ -:<-~]*");

  /** What the node writes, or what would change where an answer ends. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "date",
          "keep-alive",
          "proxy-connection",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final Map<String, String> headers = new LinkedHashMap<>(); // guarded by this
  private final List<String> cookies = new ArrayList<>(); // guarded by this
  private int bytes; // guarded by this
  private int status; // guarded by this

  synchronized int status() {
    return status;
  }

  synchronized void status(int newStatus) {
    if (newStatus < 200 || newStatus > 599) {
      throw wrong("an HTTP status must be 200 to 599, it is " + newStatus);
    }
    status = newStatus;
  }

  synchronized void header(String name, String value) {
    if (!TOKEN.matcher(name).matches()) {
      throw wrong("\"" + name + "\" is no name of an HTTP header");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (RESERVED.contains(lower)) {
      throw wrong(
          lower.equals("set-cookie")
              ? "cookies are set by cookie()"
              : "the HTTP header " + lower + " is the node's own");
    }
    if (!VALUE.matcher(value).matches()) {
      throw wrong("the value of HTTP header " + lower + " must be one line of ASCII characters");
    }
    take(lower.length() + value.length(), !headers.containsKey(lower));
    headers.put(lower, value);
  }

  synchronized void cookie(Cookie cookie) {
    if (!TOKEN.matcher(cookie.name()).matches()) {
      throw wrong("\"" + cookie.name() + "\" is no name of a cookie");
    }
    if (!COOKIE_VALUE.matcher(cookie.value()).matches()) {
      throw wrong(
          "the value of cookie "
              + cookie.name()
              + " must be ASCII without spaces, quotes, commas, semicolons and backslashes;"
              + " encode it");
    }
    String line = line(cookie);
    take(line.length(), true);
    cookies.removeIf(other -> other.startsWith(cookie.name() + "="));
    cookies.add(line);
  }

  private static String line(Cookie cookie) {
    var line = new StringBuilder(cookie.name()).append('=').append(cookie.value());
    if (cookie.maxAge() != null) {
      line.append("; Max-Age=").append(Math.max(0, cookie.maxAge().toSeconds()));
    }
    if (cookie.domain() != null) {
      line.append("; Domain=").append(place("domain", cookie.domain()));
    }
    line.append("; Path=").append(place("path", cookie.path()));
    if (cookie.secure()) {
      line.append("; Secure");
    }
    if (cookie.httpOnly()) {
      line.append("; HttpOnly");
    }
    return line.append("; SameSite=")
        .append(
            switch (cookie.sameSite()) {
              case STRICT -> "Strict";
              case LAX -> "Lax";
              case NONE -> "None";
            })
        .toString();
  }

  private static String place(String what, String text) {
    if (!COOKIE_PLACE.matcher(text).matches()) {
      throw wrong("the " + what + " of a cookie must be ASCII without semicolons");
    }
    return text;
  }

  private void take(int size, boolean isNew) {
    if ((isNew && headers.size() + cookies.size() >= MAX_HEADERS) || bytes + size > MAX_BYTES) {
      throw new RunarException(
          Code.TOO_LARGE,
          "an answer has at most " + MAX_HEADERS + " headers of " + MAX_BYTES + " bytes in all");
    }
    bytes += size;
  }

  /** The response with what was said. */
  synchronized HttpResponse onto(HttpResponse response) {
    return response.withAll(headers).withCookies(cookies);
  }

  /** A problem is of its own type; the rest of what was said holds for it too. */
  synchronized HttpResponse ontoProblem(HttpResponse problem) {
    var others = new LinkedHashMap<>(headers);
    others.remove("content-type");
    return problem.withAll(others).withCookies(cookies);
  }

  private static RunarException wrong(String message) {
    return new RunarException(Code.INVALID_INPUT, message);
  }
}
