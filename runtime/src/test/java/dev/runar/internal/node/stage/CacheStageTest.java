package dev.runar.internal.node.stage;

import static dev.runar.internal.node.stage.StagedNode.failed;
import static dev.runar.internal.node.stage.StagedNode.failure;
import static dev.runar.internal.node.stage.StagedNode.ms;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Cache;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException.Code;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CacheStageTest {
  private static ActionOptions cached(List<String> keys, List<String> meta) {
    return ActionOptions.builder()
        .cache(new Cache(ms(1_000), 10, keys, meta, List.of("changed", "users/*")))
        .build();
  }

  private static final ActionOptions CACHED = cached(List.of(), List.of());

  @Test
  void aResultIsGivenAgainUntilItIsOld() {
    try (var node = StagedNode.with(CACHED)) {
      var first = node.request(Map.of("a", 1));
      node.begin().succeed(Payload.of("one"));
      assertThat(first.resultNow().value()).isEqualTo("one");
      node.time.pass(ms(999));
      assertThat(node.request(Map.of("a", 1)).resultNow().value()).isEqualTo("one");
      assertThat(node.request(Map.of("a", 2))).isNotDone();
      node.time.pass(ms(2));
      assertThat(node.request(Map.of("a", 1))).isNotDone();
      assertThat(node.counts()).containsEntry("cacheHits", 1L).containsEntry("cacheMisses", 3L);
    }
  }

  @Test
  void whoAsksForTheSameAtTheSameTimeWaitsForOneCall() {
    try (var node = StagedNode.with(CACHED)) {
      var first = node.request("k");
      var second = node.request("k");
      var third = node.request("k");
      assertThat(node.handler).hasSize(1);
      node.begin().succeed(Payload.of("one"));
      assertThat(first.resultNow().value()).isEqualTo("one");
      assertThat(second.resultNow().value()).isEqualTo("one");
      assertThat(third.resultNow().value()).isEqualTo("one");
    }
  }

  @Test
  void anErrorIsNotKept() {
    try (var node = StagedNode.with(CACHED)) {
      var first = node.request("k");
      var second = node.request("k");
      node.begin().fail(failed(Code.HANDLER_FAILED));
      assertThat(failure(first).code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(failure(second).code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(node.request("k")).isNotDone();
      assertThat(node.handler).hasSize(1);
    }
  }

  @Test
  void ifTheFirstGivesUpAnotherMakesTheCall() {
    try (var node = StagedNode.with(CACHED)) {
      var first = node.request("k");
      var second = node.request("k");
      var third = node.request("k");
      third.cancel(false);
      node.handler.clear();
      first.cancel(false);
      assertThat(node.handler).hasSize(1);
      node.begin().succeed(Payload.of("one"));
      assertThat(second.resultNow().value()).isEqualTo("one");
      assertThat(third).isCancelled();
    }
  }

  @Test
  void anEventEmptiesItBeforeItsPublisherHasTheReceipt() {
    try (var node = StagedNode.with(CACHED)) {
      for (String topic : List.of("s/changed", "users/7")) {
        var _ = node.request("k");
        node.begin().succeed(Payload.of("old"));
        assertThat(node.request("k")).isCompleted();
        node.core.publish(topic, Payload.of(null));
        assertThat(node.request("k")).isNotDone();
        node.begin().succeed(Payload.of("new"));
        assertThat(node.request("k").resultNow().value()).isEqualTo("new");
        node.core.publish(topic, Payload.of(null));
      }
      assertThat(node.counts()).containsEntry("invalidations", 4L);
    }
  }

  @Test
  void whatWasBeingMadeWhenAnEventCameIsNotKept() {
    try (var node = StagedNode.with(CACHED)) {
      var before = node.request("k");
      node.core.publish("s/changed", Payload.of(null));
      var after = node.request("k");
      assertThat(node.handler).hasSize(2);
      node.begin().succeed(Payload.of("old"));
      assertThat(before.resultNow().value()).isEqualTo("old");
      assertThat(after).isNotDone();
      node.begin().succeed(Payload.of("new"));
      assertThat(node.request("k").resultNow().value()).isEqualTo("new");
    }
  }

  @Test
  void onlyTheNamedFieldsAndMetaCount() {
    try (var node = StagedNode.with(cached(List.of("id"), List.of("tenant")))) {
      var _ = node.request(Map.of("id", 1, "noise", 1), meta("a"));
      node.begin().succeed(Payload.of("one of a"));
      assertThat(node.request(Map.of("noise", 2, "id", 1), meta("a"))).isCompleted();
      assertThat(node.request(Map.of("id", 1), meta("b"))).isNotDone();
      assertThat(node.request(Map.of("id", 2), meta("a"))).isNotDone();
    }
  }

  private static RequestOptions meta(String tenant) {
    return RequestOptions.DEFAULT.withMeta(Map.of("tenant", tenant, "noise", tenant + "x"));
  }

  @Test
  void theSameInputInOtherFormsIsTheSame() {
    try (var node = StagedNode.with(CACHED)) {
      var _ = node.core.request("s/a", Payload.json("{\"a\":1,\"b\":2}"), RequestOptions.DEFAULT);
      node.begin().succeed(Payload.of("one"));
      assertThat(
              node.core.request("s/a", Payload.json("{\"b\":2,\"a\":1}"), RequestOptions.DEFAULT))
          .isCompleted();
      var _ = node.request(new byte[] {1, 2});
      node.begin().succeed(Payload.of("bytes"));
      assertThat(node.request(new byte[] {1, 2}).resultNow().value()).isEqualTo("bytes");
      assertThat(node.request(null)).isNotDone();
    }
  }

  @Test
  void itKeepsSoManyAndNoMore() {
    try (var node = StagedNode.with(CACHED)) {
      for (int i = 0; i < 100; i++) {
        var _ = node.request(i);
        node.begin().succeed(Payload.of(i));
      }
      for (int i = 0; i < 100; i++) {
        var _ = node.request(i);
      }
      assertThat(node.counts().get("cacheHits")).isBetween(1L, 10L);
    }
  }

  @Test
  void nothingIsLeftWhenTheServiceIsRemoved() {
    try (var node = StagedNode.with(CACHED)) {
      int before = node.core.subscriptions();
      assertThat(before).isEqualTo(2);
      node.core.services().remove("s").join();
      assertThat(node.core.subscriptions()).isZero();
    }
  }

  @Test
  void whatIsForOneIsNotForAnother() {
    try (var node = StagedNode.with(CACHED)) {
      var alice = RequestOptions.DEFAULT.withIdentity(Payload.of("alice"));
      var bob = RequestOptions.DEFAULT.withIdentity(Payload.of("bob"));
      var _ = node.request("k", alice);
      node.begin().succeed(Payload.of("for alice"));
      assertThat(node.request("k", alice).resultNow().value()).isEqualTo("for alice");
      assertThat(node.request("k", bob)).isNotDone();
      assertThat(node.request("k")).isNotDone();
      assertThat(node.handler).hasSize(2);
    }
  }
}
