package dev.runar.internal.script.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stacks speak of the files that the author wrote. */
@Timeout(60)
class ScriptStackTest {
  @TempDir Path temp;
  private ScriptFolder folder;

  @BeforeEach
  void openFolder() throws IOException {
    folder =
        new ScriptFolder(temp)
            .file(
                "lib/account.ts",
                """
                interface Balance { amount: number }

                enum State { Open, Closed }

                export class Account {
                  constructor(private readonly balance: Balance, private state = State.Open) {}
                  withdraw(amount: number): Balance {
                    if (amount > this.balance.amount) {
                      throw new RangeError('not enough');
                    }
                    return { amount };
                  }
                }
                """)
            .file(
                "app.ts",
                """
                import { Account } from './lib/account';
                import { Node } from 'runar-ts';

                type Handler = () => unknown;

                export function pay(): unknown {
                  return new Account({ amount: 1 }).withdraw(2);
                }

                export function throughTheSdk(): unknown {
                  const handler: Handler = () => pay();
                  return new Node().call(handler);
                }

                export function stackOf(action: Handler): string {
                  try { action(); return ''; } catch (error) { return (error as Error).stack!; }
                }
                """);
  }

  @AfterEach
  void closeContext() {
    folder.close();
  }

  @Test
  void theStackThatAScriptReads() {
    Value app = folder.load("app.ts");
    assertThat(app.invokeMember("stackOf", app.getMember("pay")).asString())
        .isEqualTo(
            """
            RangeError: not enough
                at Account.withdraw (lib/account.ts:9:13)
                at pay (app.ts:7:37)
                at stackOf (app.ts:16:9)\
            """);
  }

  @Test
  void framesOfTheSdkAreLeftOut() {
    Value app = folder.load("app.ts");
    assertThat(app.invokeMember("stackOf", app.getMember("throughTheSdk")).asString())
        .isEqualTo(
            """
            RangeError: not enough
                at Account.withdraw (lib/account.ts:9:13)
                at pay (app.ts:7:37)
                at handler (app.ts:11:34)
                at throughTheSdk (app.ts:12:21)
                at stackOf (app.ts:16:9)\
            """);
  }

  @Test
  void theStackThatTheHostReads() {
    Value pay = folder.load("app.ts").getMember("pay");
    var failure = catchThrowableOfType(PolyglotException.class, pay::execute);
    assertThat(folder.importer.stack(failure))
        .isEqualTo(
            """
                at withdraw (lib/account.ts:9:13)
                at pay (app.ts:7:10)\
            """);
    assertThat(folder.importer.explain(failure).position())
        .isEqualTo(new Position(folder.path.resolve("lib/account.ts").toString(), 9, 13));
  }

  @Test
  void functionsOfTheEngineAndEvaluatedTextBetweenTheAuthorsFrames() {
    folder.file(
        "odd.ts",
        """
        type N = number;
        function boom(n: N): N { throw new Error('x' + n); }
        function stackOf(action: () => unknown) {
          try { action(); } catch (error) { return error.stack; }
        }
        const named = '//# sourceURL=/etc/passwd';
        export const result = [
          stackOf(() => [1].map((n) => boom(n))),
          stackOf(() => (0, eval)('(boom) => boom(2)')(boom)),
          stackOf(() => new Function('boom', 'boom(3)\\n' + named)(boom)),
        ].join('\\n');
        """);
    assertThat(folder.load("odd.ts").getMember("result").asString())
        .isEqualTo(
            """
            Error: x1
                at boom (odd.ts:2:32)
                at odd.ts:8:32
                at odd.ts:8:21
                at stackOf (odd.ts:4:9)
                at odd.ts:8:3
            Error: x2
                at boom (odd.ts:2:32)
                at odd.ts:9:17
                at stackOf (odd.ts:4:9)
                at odd.ts:9:3
            Error: x3
                at boom (odd.ts:2:32)
                at anonymous (/etc/passwd:3:1)
                at odd.ts:10:17
                at stackOf (odd.ts:4:9)
                at odd.ts:10:3\
            """);
  }

  @Test
  void textThatCallsItselfAFileOfTheHostShowsNothingOfThatFile() {
    folder.file("odd.js", "new Function(\"null.x;\\n//# sourceURL=/etc/passwd\")();\n");
    assertThat(folder.failure("odd.js").getMessage()).contains("TypeError").doesNotContain("root:");
  }

  @Test
  void anErrorThatCannotBePrintedStillHasAStack() {
    folder.file(
        "odd.ts",
        """
        class Odd extends Error { get name(): string { throw 1; } }
        export const result: string = new Odd('x').stack!;
        """);
    assertThat(folder.load("odd.ts").getMember("result").asString())
        .isEqualTo("Error\n    at odd.ts:2:31");
  }
}
