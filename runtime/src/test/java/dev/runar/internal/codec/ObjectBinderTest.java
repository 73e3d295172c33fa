package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.Payload.TypeOf;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records and payloads. */
class ObjectBinderTest {
  enum Unit {
    PIECE,
    KILO
  }

  record Item(String name, int count, Unit unit) {}

  record Order(String id, List<Item> items, @Nullable Instant at, Optional<String> note) {}

  record Everything(
      UUID id,
      LocalDate day,
      BigDecimal price,
      BigInteger big,
      long far,
      double half,
      byte[] bytes,
      char letter,
      Map<String, Integer> counts) {}

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void aRecordIsSentAsTheMapOfItsComponents() {
    var order = new Order("o1", List.of(new Item("tea", 2, Unit.KILO)), null, Optional.of("soon"));

    Payload payload = Payload.of(order);

    assertThat(payload.kind()).isEqualTo(Payload.Kind.JSON);
    assertThat(payload.text())
        .isEqualTo(
            """
            {"id":"o1","items":[{"name":"tea","count":2,"unit":"KILO"}],"at":null,"note":"soon"}\
            """);
    assertThat(payload.as(Order.class)).isEqualTo(order);
    assertThat(Payload.json(payload.text()).as(Order.class)).isEqualTo(order);
  }

  @Test
  void aDateInARecordIsADateForAScript() {
    var order = new Order("o1", List.of(), NOON, Optional.empty());

    Payload payload = Payload.of(order);

    assertThat(payload.asMap()).containsEntry("at", NOON);
    assertThat(payload.kind()).isEqualTo(Payload.Kind.RICH);
    assertThat(payload.as(Order.class)).isEqualTo(order);
    assertThat(Payload.json("{\"id\":\"o1\",\"items\":[],\"at\":\"2026-01-01T12:00:00Z\"}"))
        .extracting(json -> json.as(Order.class))
        .isEqualTo(order);
  }

  @Test
  void whatJavaProgramsUseSurvives() {
    var all =
        new Everything(
            UUID.fromString("00000000-0000-0000-0000-000000000001"),
            LocalDate.of(2026, 1, 1),
            new BigDecimal("9.99"),
            BigInteger.TEN.pow(30),
            1L << 60,
            0.5,
            new byte[] {1, 2, 3},
            'x',
            Map.of("a", 1));

    Everything back =
        Payload.encoded(Payload.of(all).kind(), Payload.of(all).encoded()).as(Everything.class);

    assertThat(back).usingRecursiveComparison().isEqualTo(all);
  }

  @Test
  void aTypeWithParametersIsWrittenInBraces() {
    Payload items = Payload.of(List.of(new Item("tea", 1, Unit.PIECE)));

    List<Item> back = items.as(new TypeOf<List<Item>>() {});

    assertThat(back).containsExactly(new Item("tea", 1, Unit.PIECE));
  }

  @Test
  void scalarsNullAndPayloadsAreThemselves() {
    assertThat(Payload.of(7).as(int.class)).isEqualTo(7);
    assertThat(Payload.of(7).as(Long.class)).isEqualTo(7L);
    assertThat(Payload.of("x").as(String.class)).isEqualTo("x");
    assertThat((@Nullable Object) Payload.of(null).<@Nullable Item>as(Item.class)).isNull();
    assertThat(Payload.bytes(new byte[] {1}).as(byte[].class)).containsExactly(1);
    Payload payload = Payload.of(7);
    assertThat(payload.as(Payload.class)).isSameAs(payload);
    assertThat(Payload.of(payload)).isSameAs(payload);
    assertThat(Payload.of(Optional.empty()).value()).isNull();
    assertThat(Payload.of(Optional.of(1)).value()).isEqualTo(1);
    assertThat(Payload.of(Map.of("inner", payload)).text()).isEqualTo("{\"inner\":7}");
    assertThat(Payload.of(new int[] {1, 2}).text()).isEqualTo("[1,2]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '\0',
      textBlock =
          """
          {"id":"o","items":[{"name":"a","count":1},{"name":"b","count":"x"}]} # $.items[1].count
          {"id":"o","items":[{"name":"a","count":1.5}]}                        # $.items[0].count
          {"id":"o","items":[{"name":"a"}]}                                    # $.items[0].count
          {"id":"o","items":[{"name":"a","count":1,"unit":"TON"}]}             # $.items[0].unit
          {"id":"o","items":[{"name":"a","count":"1"}]}                        # $.items[0].count
          {"id":"o","items":{}}                                                # $.items
          {"id":"o","items":[],"at":"soon"}                                    # $.at
          {"id":7,"items":[]}                                                  # $.id
          7                                                                    # $:
          """)
  void whatDoesNotFitIsNamedByItsPath(String json, String path) {
    assertThatThrownBy(() -> Payload.json(json).as(Order.class))
        .isInstanceOfSatisfying(
            RunarException.class,
            error -> {
              assertThat(error.code()).isEqualTo(Code.INVALID_INPUT);
              assertThat(error).hasMessageStartingWith("the payload is no Order at " + path);
              assertThat(error.getMessage()).doesNotContain("Feature", "\n");
            });
  }

  @Test
  void whatNothingStandsForIsRefused() {
    assertRefused(Map.of("items", List.of(1, new Object())), "value.items[1]: it is a java.lang");
    assertRefused(new CompletableFuture<String>(), "value: it is a java.util.concurrent.Comp");
    assertRefused(List.of((Runnable) () -> {}), "value[0]: it is a function");
    assertRefused(Thread.currentThread(), "value: it is a java.lang.Thread");
    assertRefused(List.of(1).stream(), "value: it is a java.util.stream");
    var cyclic = new ArrayList<Object>();
    var map = new LinkedHashMap<String, Object>();
    map.put("list", cyclic);
    cyclic.add(map);
    assertRefused(cyclic, "value");
    assertRefused(new Holder(cyclic), "value");
  }

  record Holder(List<Object> list) {}

  private static void assertRefused(Object value, String message) {
    assertThatThrownBy(() -> Payload.of(value))
        .isInstanceOfSatisfying(
            RunarException.class,
            error -> {
              assertThat(error.code()).isEqualTo(Code.UNSUPPORTED_VALUE);
              assertThat(error).hasMessageStartingWith("cannot send " + message);
            });
  }
}
