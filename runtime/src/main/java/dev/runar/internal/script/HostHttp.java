package dev.runar.internal.script;

import dev.runar.HttpCall;
import dev.runar.RunarException;
import dev.runar.internal.sdk.SdkErrors;
import dev.runar.internal.sdk.SdkHttp;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP client as a script's SDK sees it. Owner thread only. What fails is
 * answered as JSON text of the error, since a Java exception would reach the script as a foreign
 * object.
 */
public final class HostHttp {
  private final HttpCall http;

  HostHttp(HttpCall http) {
    this.http = http;
  }

  /** What is asked for. */
  @HostAccess.Export
  public String requestJson() {
    return SdkHttp.request(http).text();
  }

  /** Who asks: who reads it makes an answer for this client alone. */
  @HostAccess.Export
  public String clientJson() {
    return SdkHttp.client(http).text();
  }

  @HostAccess.Export
  public @Nullable String status(int status) {
    return error(() -> http.status(status));
  }

  @HostAccess.Export
  public @Nullable String header(String name, String value) {
    return error(() -> http.header(name, value));
  }

  @HostAccess.Export
  public @Nullable String cookie(String json) {
    return error(() -> http.cookie(SdkHttp.cookie(json)));
  }

  private static @Nullable String error(Runnable step) {
    try {
      step.run();
      return null;
    } catch (RunarException e) {
      return SdkErrors.toJson(e);
    }
  }
}
