package dev.runar.internal.script;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the SDK says of one action, as the node takes it. The SDK has checked it and filled in
 * defaults (js-sdk/src/registration.ts).
 */
final class ScriptActionOptions {
  private ScriptActionOptions() {}

  static ActionOptions of(Map<?, ?> action) {
    return ActionOptions.builder()
        .description(action.get("description") instanceof String text ? text : "")
        .timeout(HostOptions.millis(action.get("timeout"), Duration.ZERO))
        .input(schema(action.get("input")))
        .output(schema(action.get("output")))
        .http(http(action.get("http")))
        .stream(Boolean.TRUE.equals(action.get("stream")))
        .takesStream(Boolean.TRUE.equals(action.get("takesStream")))
        .build();
  }

  private static ActionOptions.@Nullable Http http(@Nullable Object http) {
    return http instanceof Map<?, ?> given
        ? new ActionOptions.Http(
            String.valueOf(given.get("method")),
            String.valueOf(given.get("path")),
            given.get("status") instanceof Number status ? status.intValue() : 0)
        : null;
  }

  private static @Nullable Payload schema(@Nullable Object schema) {
    return schema == null ? null : Payload.of(schema);
  }
}
