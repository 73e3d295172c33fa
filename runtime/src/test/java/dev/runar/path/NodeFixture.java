package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.RunarException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A folder for scripts, and what their requests failed with. */
abstract class NodeFixture {
  @TempDir Path folder;

  static RunarException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
    if (thrown instanceof java.util.concurrent.CompletionException) {
      thrown = thrown.getCause();
    }
    assertThat(thrown).isInstanceOf(RunarException.class);
    return (RunarException) thrown;
  }
}
