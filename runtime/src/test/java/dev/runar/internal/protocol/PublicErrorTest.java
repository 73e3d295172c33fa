package dev.runar.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import org.junit.jupiter.api.Test;

/** What of a failure may leave the node, and what may not. */
class PublicErrorTest {
  @Test
  void theNodesOwnFaultsAreAReference() {
    var fault = new RunarException(Code.INTERNAL, "slot 5 of /srv/app/node.ts is corrupt");
    assertThat(PublicError.of(fault, "4f2a"))
        .isEqualTo(new PublicError(Code.INTERNAL, "internal error, reference 4f2a"));
    assertThat(PublicError.of(fault, "").message()).isEqualTo("internal error");
  }

  @Test
  void filesAreLeftOutOfMessages() {
    assertThat(message("ENOENT: no such file, open '/srv/app/secret.json'"))
        .isEqualTo("ENOENT: no such file, open '(a file)'");
    assertThat(message("at file:///srv/app/a.ts:3:9, later")).isEqualTo("at (a file), later");
    assertThat(message("C:\\Users\\ada\\app.ts is gone")).isEqualTo("(a file) is gone");
  }

  @Test
  void pathsOfServicesAndUrlsStay() {
    for (String text :
        new String[] {
          "No handler found for action math/nothing/more: there is no service \"math\"",
          "socket path \"/live\" is taken",
          "see https://example.org/a/b/c",
          "default:math/add/x takes (a, b)",
          "1/2/3 is no date"
        }) {
      assertThat(message(text)).isEqualTo(text);
    }
  }

  @Test
  void dataIsThatOfDefinedErrorsAndOfWhatDoesNotFit() {
    Payload data = Payload.object("missing", 5);
    assertThat(PublicError.of(RunarException.defined("TooPoor", "no money", data), ""))
        .isEqualTo(new PublicError(Code.HANDLER_FAILED, "no money", "TooPoor", data));
    assertThat(PublicError.of(coded(Code.INVALID_INPUT, data), "").data()).isEqualTo(data);
    assertThat(PublicError.of(coded(Code.HANDLER_FAILED, data), ""))
        .isEqualTo(new PublicError(Code.HANDLER_FAILED, "m"));
    assertThat(PublicError.of(coded(Code.PERMISSION_DENIED, data), "").data()).isNull();
    Payload huge = Payload.of("x".repeat(100_000));
    assertThat(PublicError.of(RunarException.defined("Huge", "m", huge), "").data()).isNull();
  }

  private static RunarException coded(Code code, Payload data) {
    return new RunarException(code, "m", new IllegalStateException("why"), data, "X", "stack");
  }

  private static String message(String text) {
    return PublicError.of(new RunarException(Code.HANDLER_FAILED, text), "").message();
  }
}
