package dev.runar.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.spi.Store;
import dev.runar.spi.Store.Entry;
import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every store does. */
@Timeout(60)
abstract class StoreContract {
  private Store store;

  /** An empty store with these bounds. */
  abstract Store open(StoreBounds bounds);

  @BeforeEach
  void openIt() {
    store = open(StoreBounds.DEFAULT);
  }

  @AfterEach
  void closeIt() {
    store.close();
  }

  static byte[] body(String text) {
    return text.getBytes(UTF_8);
  }

  static List<String> texts(Store store, String queue) {
    return store.read(queue, 0, 1_000_000).stream()
        .map(entry -> new String(((Entry.Whole) entry).body(), UTF_8))
        .toList();
  }

  static List<Long> ids(Store store, String queue) {
    return store.read(queue, 0, 1_000_000).stream().map(Entry::id).toList();
  }

  @Test
  void whatIsAppendedIsReadInOrder() {
    long a = store.append(List.of("q"), body("a")).join().id();
    long b = store.append(List.of("q"), body("b")).join().id();
    long c = store.append(List.of("q"), body("")).join().id();

    assertThat(texts(store, "q")).containsExactly("a", "b", "");
    assertThat(ids(store, "q")).containsExactly(a, b, c).isSorted().allMatch(id -> id > 0);
  }

  @Test
  void theReceiptSaysTheLevelOfTheStore() {
    assertThat(store.append(List.of("q"), body("a")).join().level()).isEqualTo(store.level());
    assertThat(store.remove("q", List.of(1L)).join()).isEqualTo(store.level());
  }

  @Test
  void queuesAreApart() {
    long _ = store.append(List.of("one"), body("a")).join().id();
    long _ = store.append(List.of("two"), body("b")).join().id();

    assertThat(texts(store, "one")).containsExactly("a");
    assertThat(texts(store, "two")).containsExactly("b");
    assertThat(texts(store, "none")).isEmpty();
    assertThat(store.queues()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void oneAppendReachesSeveralQueuesWithOneId() {
    long id = store.append(List.of("one", "two", "one"), body("a")).join().id();

    assertThat(ids(store, "one")).containsExactly(id);
    assertThat(ids(store, "two")).containsExactly(id);
    assertThat(store.counts().entries()).isEqualTo(1);
  }

  @Test
  void eachQueueRemovesForItself() {
    long id = store.append(List.of("one", "two"), body("a")).join().id();

    assertThat(store.remove("one", List.of(id)).join()).isEqualTo(store.level());
    assertThat(texts(store, "one")).isEmpty();
    assertThat(texts(store, "two")).containsExactly("a");
    assertThat(store.remove("two", List.of(id)).join()).isEqualTo(store.level());
    assertThat(store.queues()).isEmpty();
    assertThat(store.counts().entries()).isZero();
    assertThat(store.counts().bytes()).isZero();
  }

  @Test
  void readingBeginsBehindAnIdAndEndsAtALimit() {
    var ids = new ArrayList<Long>();
    for (String text : List.of("a", "b", "c", "d")) {
      ids.add(store.append(List.of("q"), body(text)).join().id());
    }
    assertThat(store.read("q", ids.get(0), 2).stream().map(Entry::id))
        .containsExactly(ids.get(1), ids.get(2));
    assertThat(store.read("q", ids.get(3), 2)).isEmpty();
    assertThat(store.read("q", 0, 0)).isEmpty();
  }

  @Test
  void whatIsNotThereIsPassedOver() {
    long id = store.append(List.of("q"), body("a")).join().id();
    assertThat(store.remove("q", List.of(id + 1_000)).join()).isEqualTo(store.level());
    assertThat(store.remove("none", List.of(id)).join()).isEqualTo(store.level());
    assertThat(texts(store, "q")).containsExactly("a");
  }

  @Test
  void manyAtOnceKeepTheirOrder() {
    var futures = new ArrayList<CompletableFuture<Store.Receipt>>();
    for (int i = 0; i < 2_000; i++) {
      futures.add(store.append(List.of("q" + i % 3), body("" + i)));
    }
    futures.forEach(CompletableFuture::join);
    assertThat(texts(store, "q1").stream().map(Integer::valueOf).toList())
        .hasSize(667)
        .isSorted()
        .startsWith(1, 4, 7);
    assertThat(store.counts().appended()).isEqualTo(2_000);
  }

  @Test
  void aFullStoreRefusesAndCounts() {
    store.close();
    store = open(new StoreBounds(1 << 20, 2, 1 << 20));
    long first = store.append(List.of("q"), body("a")).join().id();
    long _ = store.append(List.of("q"), body("b")).join().id();

    assertRefused(() -> store.append(List.of("q"), body("c")).join(), Reason.FULL);
    assertThat(store.counts().refused()).isEqualTo(1);
    assertThat(store.remove("q", List.of(first)).join()).isEqualTo(store.level());
    assertThat(store.append(List.of("q"), body("d")).join().id()).isPositive();
    assertThat(texts(store, "q")).containsExactly("b", "d");
  }

  @Test
  void bytesAreBoundedToo() {
    store.close();
    store = open(new StoreBounds(10_000, 1_000, 1 << 20));
    long _ = store.append(List.of("q"), new byte[5_000]).join().id();
    assertRefused(() -> store.append(List.of("q"), new byte[5_000]).join(), Reason.FULL);
  }

  @Test
  void namesAreBoundedAndAnyText() {
    String odd = "a/\u0000 \"ü\n" + "x".repeat(1_000);
    long _ = store.append(List.of(odd, ""), body("a")).join().id();
    assertThat(texts(store, odd)).containsExactly("a");
    assertThat(texts(store, "")).containsExactly("a");
    assertThatThrownBy(() -> store.append(List.of("x".repeat(2_049)), body("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2049");
    assertThatThrownBy(() -> store.append(List.of(), body("a")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aClosedStoreSaysSo() {
    store.close();
    store.close();
    assertRefused(() -> store.append(List.of("q"), body("a")).join(), Reason.CLOSED);
    assertRefused(() -> store.remove("q", List.of(1L)).join(), Reason.CLOSED);
    assertRefused(() -> store.read("q", 0, 1), Reason.CLOSED);
  }

  @Test
  void nothingIsFoundToBeLost() {
    assertThat(store.findings()).isEqualTo(new Store.Findings(true, List.of()));
  }

  static void assertRefused(ThrowingCallable call, Reason reason) {
    assertThatThrownBy(call)
        .satisfies(
            thrown -> {
              Throwable error = thrown instanceof StoreException ? thrown : thrown.getCause();
              assertThat(error).isInstanceOf(StoreException.class);
              assertThat(((StoreException) error).reason()).isEqualTo(reason);
            });
  }
}
