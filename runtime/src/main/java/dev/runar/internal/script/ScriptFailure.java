package dev.runar.internal.script;

import dev.runar.RunarException;
import dev.runar.internal.script.module.Excerpts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An error of a script, which knows where its source is. Immutable; any thread. */
final class ScriptFailure extends RunarException {
  private static final long serialVersionUID = 1L;

  private final transient Excerpts excerpts;

  ScriptFailure(
      Code code, String message, @Nullable Throwable cause, Remote remote, Excerpts excerpts) {
    super(code, message, cause, remote);
    this.excerpts = excerpts;
  }

  /** The same failure, with an excerpt of what its stack begins at. */
  static RunarException of(RunarException failure, Excerpts excerpts) {
    var placed =
        new ScriptFailure(
            failure.code(),
            String.valueOf(failure.getMessage()),
            failure.getCause(),
            new Remote(
                failure.data().orElse(null),
                failure.remoteName().orElse(null),
                failure.remoteStack().orElse(null),
                failure.definedName().isPresent()),
            excerpts);
    failure.path().ifPresent(path -> placed.at(failure.node().orElse(""), path));
    for (Throwable other : failure.getSuppressed()) {
      placed.addSuppressed(other);
    }
    return placed;
  }

  @Override
  public Optional<String> excerpt() {
    return remoteStack().flatMap(excerpts::at);
  }
}
