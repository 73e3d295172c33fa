package dev.runar.internal.node.stage;

import static dev.runar.internal.node.stage.StagedNode.failed;
import static dev.runar.internal.node.stage.StagedNode.failure;
import static dev.runar.internal.node.stage.StagedNode.ms;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Cache;
import dev.runar.HttpCall;
import dev.runar.HttpCall.Cookie;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.Requester;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the cache keeps of answers to HTTP clients: nothing that is for one of them alone. */
@Timeout(30)
class CacheForHttpTest {
  private static final ActionOptions CACHED =
      ActionOptions.builder()
          .cache(new Cache(ms(1_000), 10, List.of(), List.of(), List.of()))
          .build();

  private static CompletableFuture<Payload> ask(StagedNode node, Browser browser) {
    return node.core.request(Requester.of(browser), "s/a", Payload.of("k"), RequestOptions.DEFAULT);
  }

  private static HttpCall http(Invocation call) {
    return call.http().orElseThrow();
  }

  private static List<Function<HttpCall, Object>> questionsOfWhoItIs() {
    return List.of(HttpCall::headers, HttpCall::cookies, HttpCall::bearer, HttpCall::remoteAddress);
  }

  @ParameterizedTest
  @MethodSource("questionsOfWhoItIs")
  void whatMayDependOnTheClientIsForItAlone(Function<HttpCall, Object> question) {
    try (var node = StagedNode.with(CACHED)) {
      var one = ask(node, new Browser());
      var two = ask(node, new Browser());
      assertThat(node.handler).hasSize(1);
      Invocation call = node.begin();
      assertThat(question.apply(http(call))).isNotNull();
      call.succeed(Payload.of("for one"));

      assertThat(one.resultNow().value()).isEqualTo("for one");
      assertThat(two).isNotDone();
      node.begin().succeed(Payload.of("for two"));
      assertThat(two.resultNow().value()).isEqualTo("for two");
      assertThat(ask(node, new Browser())).isNotDone();
      assertThat(node.counts()).containsEntry("notCached", 2L).doesNotContainKey("cacheHits");
    }
  }

  @Test
  void anErrorThatMayDependOnTheClientIsForItAloneToo() {
    try (var node = StagedNode.with(CACHED)) {
      var one = ask(node, new Browser());
      var two = ask(node, new Browser());
      Invocation call = node.begin();
      assertThat(http(call).bearer()).hasValue("t");
      call.fail(failed(Code.PERMISSION_DENIED));

      assertThat(failure(one).code()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(two).isNotDone();
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void whatDependsOnTheUrlAloneIsKept() {
    try (var node = StagedNode.with(CACHED)) {
      var one = ask(node, new Browser());
      Invocation call = node.begin();
      HttpCall http = http(call);
      http.header("X-Made", http.method() + " " + http.path() + "?" + http.query());
      call.succeed(Payload.of("for all"));
      assertThat(one).isCompleted();

      var other = new Browser();
      assertThat(ask(node, other).resultNow().value()).isEqualTo("for all");
      assertThat(other.told).containsExactly("x-made: GET /a?b=1");
    }
  }

  /** It finds the answer under way, and then it turns out to be for another alone. */
  @Test
  void whoFindsAnAnswerJustBeforeItIsTakenAwayIsNotGivenIt() {
    try (var node = StagedNode.with(CACHED)) {
      var one = ask(node, new Browser());
      Invocation call = node.begin();
      node.time.inNextLookUp(
          () -> {
            http(call).cookie(Cookie.of("sid", "1"));
            call.succeed(Payload.of("for one"));
          });

      var other = new Browser();
      var two = ask(node, other);
      assertThat(one.resultNow().value()).isEqualTo("for one");
      assertThat(two).isNotDone();
      node.begin().succeed(Payload.of("for two"));
      assertThat(two.resultNow().value()).isEqualTo("for two");
      assertThat(other.told).isEmpty();
      assertThat(node.counts()).containsEntry("notCached", 2L).doesNotContainKey("cacheHits");
    }
  }
}
