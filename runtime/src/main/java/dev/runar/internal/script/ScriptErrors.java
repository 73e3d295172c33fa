package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.internal.script.module.Excerpts;
import dev.runar.internal.sdk.SdkErrors;

/** Errors of scripts, which know where their source is. Stateless; any thread. */
final class ScriptErrors {
  private ScriptErrors() {}

  /** What a script threw, described by the SDK. */
  static RunarException fromJson(String json, Excerpts excerpts) {
    return SdkErrors.fromJson(
        json,
        (code, message, cause, remote) ->
            new ScriptFailure(code, message, cause, remote, excerpts));
  }
}
