package dev.runar.internal.script;

import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/** A value or an error, for what answers at once. Owner thread only. */
public final class HostAnswer {
  private final @Nullable String value;
  private final @Nullable String error;

  HostAnswer(@Nullable String value, @Nullable String error) {
    this.value = value;
    this.error = error;
  }

  @HostAccess.Export
  public @Nullable String value() {
    return value;
  }

  @HostAccess.Export
  public @Nullable String error() {
    return error;
  }
}
