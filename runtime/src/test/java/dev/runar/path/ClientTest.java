package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.bean.Action;
import dev.runar.bean.Param;
import dev.runar.bean.ServicePath;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A Java interface as the client of a service in TypeScript. */
@Timeout(60)
class ClientTest {
  @TempDir Path folder;

  record Pair(int a, int b) {}

  record Line(String item, double price) {}

  @ServicePath("math")
  interface MathApi {
    int add(int a, int b);

    @Action("add")
    CompletableFuture<Integer> addLater(int a, int b, RequestOptions options);

    @Action("add/whole")
    CompletionStage<Long> addPair(Pair pair);

    List<Line> lines(@Param("n") int howMany);

    String greet(String name, Optional<String> title);

    void forget(String what);

    Payload raw(Map<String, Integer> any);

    int fail(String why);

    @Action("slow")
    String slow(RequestOptions options);

    default int addTwice(int a, int b) {
      return add(a, b) * 2;
    }
  }

  private static final String MATH =
      """
      import { Node, RunarError, type Context } from "runar-ts";
      const node = new Node();
      node.addService({
        name: "math", path: "math",
        actions: {
          add: (a: number, b: number) => a + b,
          "add/whole": ({ a, b }: { a: number; b: number }) => a + b,
          lines: ({ n }: { n: number }) => Array.from({ length: n }, (_, i) => ({ item: `i${i}`, price: i / 2 })),
          greet: (name: string, title = "Dr.") => `${title} ${name}`,
          forget: (what: string) => what,
          raw: ({ x }: { x: number }) => ({ x }),
          fail: (why: string) => { throw new RangeError(why); },
          slow: () => new Promise(() => {}),
        },
      });
      await node.start();
      """;

  @Test
  void callsOfAnInterfaceAreRequests() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, MATH)) {
      MathApi math = app.node.client(MathApi.class);

      assertThat(math.add(5, 3)).isEqualTo(8);
      assertThat(math.addTwice(5, 3)).isEqualTo(16);
      assertThat(math.addLater(5, 3, RequestOptions.DEFAULT).get()).isEqualTo(8);
      assertThat(math.addPair(new Pair(5, 3)).toCompletableFuture().get()).isEqualTo(8L);
      assertThat(math.lines(2)).containsExactly(new Line("i0", 0), new Line("i1", 0.5));
      assertThat(math.greet("Ada", Optional.empty())).isEqualTo("Dr. Ada");
      assertThat(math.greet("Ada", Optional.of("Countess"))).isEqualTo("Countess Ada");
      math.forget("it");
      assertThat(math.raw(Map.of("x", 1)).asMap()).isEqualTo(Map.of("x", 1));
    }
  }

  @Test
  void theErrorOfTheScriptIsThrown() {
    try (ScriptNode app = ScriptNode.start(folder, MATH)) {
      MathApi math = app.node.client(MathApi.class);

      assertThatThrownBy(() -> math.fail("too much"))
          .isInstanceOfSatisfying(
              RunarException.class,
              error -> {
                assertThat(error.code()).isEqualTo(Code.HANDLER_FAILED);
                assertThat(error.remoteName()).contains("RangeError");
                assertThat(error.remoteStack().orElseThrow()).contains("app.ts");
              });
      assertThatThrownBy(() -> math.slow(RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(50))))
          .isInstanceOfSatisfying(
              RunarException.class, error -> assertThat(error.code()).isEqualTo(Code.TIMEOUT));
    }
  }

  @Test
  void anInterruptEndsTheRequest() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, MATH)) {
      MathApi math = app.node.client(MathApi.class);
      var outcome = new CompletableFuture<Throwable>();
      Thread caller =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      math.slow(RequestOptions.DEFAULT);
                    } catch (RunarException e) {
                      outcome.complete(Thread.currentThread().isInterrupted() ? e : null);
                    }
                  });

      caller.interrupt();

      assertThat(outcome.get())
          .isInstanceOfSatisfying(
              RunarException.class, error -> assertThat(error.code()).isEqualTo(Code.CANCELLED));
    }
  }

  @Test
  void clientsAreObjects() {
    try (ScriptNode app = ScriptNode.start(folder, MATH)) {
      MathApi math = app.node.client(MathApi.class);

      assertThat(math).isEqualTo(app.node.client(MathApi.class, "math"));
      assertThat(math).hasSameHashCodeAs(app.node.client(MathApi.class));
      assertThat(math).isNotEqualTo(app.node.client(MathApi.class, "other")).isNotEqualTo("math");
      assertThat(math).hasToString("MathApi client of math");
    }
  }

  interface NoPath {
    int add(int a, int b);
  }

  @ServicePath("math")
  interface TwoOfOneName {
    int add(int a, int b);

    int add(int a, int b, int c);
  }

  @ServicePath("math")
  interface NoSuchInput {
    int add(InputStream in);
  }

  @ServicePath("math")
  interface NoSuchResult {
    Thread add(int a);
  }

  @ServicePath("math")
  interface RawFuture {
    @SuppressWarnings("rawtypes")
    CompletableFuture add(int a);
  }

  @ServicePath("math")
  interface OptionsFirst {
    int add(RequestOptions options, int a);
  }

  @ServicePath("math")
  interface OneName {
    int add(@Param("a") int a, @Param("a") int b);
  }

  @ServicePath("math")
  interface RawStream {
    @SuppressWarnings("rawtypes")
    Flow.Publisher count(int to);
  }

  @ServicePath("math")
  interface StreamLater {
    CompletableFuture<Flow.Publisher<Integer>> count(int to);
  }

  @ServicePath("math")
  interface Submission {
    SubmissionPublisher<Integer> count(int to);
  }

  @ServicePath("math")
  interface Generic<T> {
    T add(int a);
  }

  static Stream<Map.Entry<Class<?>, String>> misuses() {
    return Stream.of(
        Map.entry(NoPath.class, "does not say whose client it is: write @ServicePath"),
        Map.entry(String.class, "java.lang.String is no interface"),
        Map.entry(TwoOfOneName.class, "TwoOfOneName.add is there twice"),
        Map.entry(NoSuchInput.class, "NoSuchInput.add, parameter in: nothing that is sent becomes"),
        Map.entry(NoSuchResult.class, "NoSuchResult.add, result: nothing that is sent becomes a"),
        Map.entry(RawFuture.class, "RawFuture.add returns a future of nothing known"),
        Map.entry(OptionsFirst.class, "RequestOptions comes last"),
        Map.entry(OneName.class, "OneName.add: two parameters have one name: [a, a]"),
        Map.entry(RawStream.class, "RawStream.count returns a stream of nothing known"),
        Map.entry(StreamLater.class, "StreamLater.count, result: nothing that is sent becomes a"),
        Map.entry(Submission.class, "a SubmissionPublisher; a stream is declared as Flow.Pub"),
        Map.entry(Generic.class, "Generic.add, result: T is not known at run time"));
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void misuseIsRefusedWhenTheClientIsMade(Map.Entry<Class<?>, String> misuse) {
    try (ScriptNode app = ScriptNode.start(folder, MATH)) {
      assertThatThrownBy(() -> app.node.client(misuse.getKey()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(misuse.getValue());
    }
  }
}
