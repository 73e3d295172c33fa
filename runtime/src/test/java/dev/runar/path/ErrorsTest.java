package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Errors keep code, message, data, cause and the stacks of both sides. */
@Timeout(60)
class ErrorsTest {
  private static final String SCRIPT =
      """
      import { CallbackError, Node, RunarError } from "runar-ts";
      const node = new Node();
      enum Unused { A, B } // shifts the compiled lines against the source
      interface Gone { a: number; b: number; }
      function thrower(): never {
        throw new RunarError("PERMISSION_DENIED", "not you", {
          data: { at: new Date(0), n: 5n },
          cause: new TypeError("because"),
        });
      }
      await node.addService({
        name: "bad", path: "bad",
        actions: {
          typed: () => thrower(),
          plain: () => { throw new RangeError("too far"); },
          async late() { await null; throw new SyntaxError("too late"); },
          own: () => { class MyError extends Error {} throw new MyError("mine"); },
          code: () => { throw Object.assign(new Error("e"), { code: "ENOENT" }); },
          nested: (path: string) => node.request(path),
          async seen(path: string) {
            try {
              await node.request(path);
            } catch (e: any) {
              return {
                isRunar: e instanceof RunarError, isCallback: e instanceof CallbackError,
                isError: e instanceof Error, name: e.name, code: e.code, message: e.message,
                data: e.data, cause: e.cause === undefined ? null
                  : { name: e.cause.name, message: e.cause.message },
                stack: e.stack, remoteStack: e.remoteStack ?? null,
              };
            }
          },
        },
      });
      """;

  @TempDir Path folder;

  @Test
  void fromAScriptToJava() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      RunarException typed = failure(app, "bad/typed", null);
      assertThat(typed.code()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(typed).hasMessage("not you");
      assertThat(typed.data().orElseThrow().asMap())
          .containsEntry("at", java.time.Instant.EPOCH)
          .containsEntry("n", java.math.BigInteger.valueOf(5));
      assertThat(typed.getCause()).hasMessage("because");
      assertThat(((RunarException) typed.getCause()).remoteName()).contains("TypeError");
      assertThat(typed.remoteStack().orElseThrow())
          .contains("thrower", "app.ts:6:", "app.ts:14:")
          .doesNotContain("app.js");
      // Java's own stack is there too.
      assertThat(typed.getStackTrace()).isNotEmpty();

      RunarException plain = failure(app, "bad/plain", null);
      assertThat(plain.code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(plain.remoteName()).contains("RangeError");
      assertThat(plain.remoteStack().orElseThrow()).contains("app.ts:15:");

      RunarException late = failure(app, "bad/late", null);
      assertThat(late).hasMessage("too late");
      assertThat(late.remoteName()).contains("SyntaxError");
      assertThat(late.remoteStack().orElseThrow()).contains("app.ts:16:");

      assertThat(failure(app, "bad/own", null).remoteName()).contains("MyError");
      assertThat(failure(app, "bad/code", null).code()).isEqualTo(Code.HANDLER_FAILED);
    }
  }

  @Test
  void fromAScriptThroughJavaToAScript() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      app.node
          .addService(
              Service.at("relay")
                  .action("typed", (in, context) -> context.request("bad/typed", in).get())
                  .build())
          .join();
      Map<String, Object> seen = ScriptNode.map(app.call("bad/seen", "relay/typed"));
      assertThat(seen)
          .containsEntry("isRunar", true)
          .containsEntry("isCallback", false)
          .containsEntry("name", "PermissionError")
          .containsEntry("code", "PERMISSION_DENIED")
          .containsEntry("message", "not you")
          .containsEntry("cause", Map.of("name", "TypeError", "message", "because"));
      assertThat(ScriptNode.map(seen.get("data"))).containsEntry("at", java.time.Instant.EPOCH);
      assertThat((String) seen.get("remoteStack")).contains("thrower", "app.ts:6:");
      assertThat((String) seen.get("stack")).contains("PermissionError: not you");
    }
  }

  @Test
  void fromJavaToAScriptAndOn() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      app.node
          .addService(
              Service.at("java")
                  .action(
                      "coded",
                      (in, context) -> {
                        throw new RunarException(
                            Code.INVALID_INPUT,
                            "no such colour",
                            new IllegalArgumentException("blurple"),
                            Payload.object("given", "blurple"),
                            null,
                            null);
                      })
                  .action(
                      "plain",
                      (in, context) -> {
                        throw new IllegalStateException("broken");
                      })
                  .build())
          .join();
      Map<String, Object> coded = ScriptNode.map(app.call("bad/seen", "java/coded"));
      assertThat(coded)
          .containsEntry("name", "ValidationError")
          .containsEntry("code", "INVALID_INPUT")
          .containsEntry("message", "no such colour")
          .containsEntry("data", Map.of("given", "blurple"));
      assertThat(String.valueOf(coded.get("cause"))).contains("blurple");
      assertThat((String) coded.get("remoteStack")).contains("ErrorsTest");

      Map<String, Object> plain = ScriptNode.map(app.call("bad/seen", "java/plain"));
      assertThat(plain).containsEntry("code", "HANDLER_FAILED").containsEntry("isCallback", true);
      assertThat((String) plain.get("message")).contains("broken");
      assertThat((String) plain.get("remoteStack")).contains("ErrorsTest");

      // Java -> script -> Java: the same error.
      RunarException back = failure(app, "bad/nested", "java/coded");
      assertThat(back.code()).isEqualTo(Code.INVALID_INPUT);
      assertThat(back).hasMessage("no such colour");
      assertThat(back.data().orElseThrow().asMap()).isEqualTo(Map.of("given", "blurple"));
      assertThat(back.remoteStack().orElseThrow()).contains("ErrorsTest");
    }
  }

  private static RunarException failure(ScriptNode app, String path, Object payload) {
    return catchThrowableOfType(RunarException.class, () -> app.call(path, payload));
  }
}
