package dev.runar.internal.node.stage;

import dev.runar.HttpCall;
import dev.runar.internal.node.NotingHttp;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP request of a call whose result may be for others too: what its handler says beside the
 * result is noted, as far as the request takes it, which bounds it, and whether it is for this
 * client alone: it sets a cookie, or the handler has looked at who the client is. Any thread.
 */
final class NotedHttp implements NotingHttp {
  private final HttpCall call;
  private final Map<String, String> headers = new LinkedHashMap<>(); // guarded by this
  private int status; // guarded by this
  private boolean isPersonal; // guarded by this

  NotedHttp(HttpCall call) {
    this.call = call;
  }

  /**
   * What was said until now. Immutable.
   *
   * @param status 0: none
   * @param isPersonal it is for one client alone
   */
  record Said(int status, Map<String, String> headers, boolean isPersonal) {
    static final Said NOTHING = new Said(0, Map.of(), false);

    /** Says the same to another client, if it is one of HTTP; for what is not personal. */
    void to(Optional<HttpCall> other) {
      other.ifPresent(
          http -> {
            if (status != 0) {
              http.status(status);
            }
            headers.forEach(http::header);
          });
    }
  }

  synchronized Said said() {
    return new Said(status, Collections.unmodifiableMap(new LinkedHashMap<>(headers)), isPersonal);
  }

  @Override
  public synchronized void status(int newStatus) {
    call.status(newStatus);
    status = newStatus;
  }

  @Override
  public synchronized void header(String name, String value) {
    call.header(name, value);
    headers.put(name.toLowerCase(Locale.ROOT), value); // one header, however it is written
  }

  @Override
  public synchronized void cookie(Cookie cookie) {
    call.cookie(cookie);
    isPersonal = true;
  }

  @Override
  public HttpCall unnoted() {
    return call;
  }

  private synchronized HttpCall personal() {
    isPersonal = true;
    return call;
  }

  @Override
  public String method() {
    return call.method();
  }

  @Override
  public String path() {
    return call.path();
  }

  @Override
  public String query() {
    return call.query();
  }

  @Override
  public Map<String, String> headers() {
    return personal().headers();
  }

  @Override
  public Map<String, String> cookies() {
    return personal().cookies();
  }

  @Override
  public Optional<String> bearer() {
    return personal().bearer();
  }

  @Override
  public String remoteAddress() {
    return personal().remoteAddress();
  }
}
