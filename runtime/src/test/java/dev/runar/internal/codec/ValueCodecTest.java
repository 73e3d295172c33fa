package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueCodecTest {
  /** Java has no value that would be written the same way again, or writes it as plain JSON. */
  private static final Set<String> ONE_WAY =
      Set.of(
          "undefined",
          "invalid date",
          "array buffer",
          "other typed array",
          "set",
          "regexp",
          "error",
          "object with a key $",
          "a key named __proto__ beside a special value",
          "error with a code");

  record Vector(String name, Payload.Kind kind, String text) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The same vectors that the SDK is tested with. */
  static Stream<Vector> vectors() throws Exception {
    String json = Files.readString(Path.of("../js-sdk/test/values.json"));
    return Payload.json(json).asList().stream()
        .map(element -> (Map<?, ?>) element)
        .filter(vector -> !vector.get("kind").equals("bytes"))
        .map(
            vector ->
                new Vector(
                    (String) vector.get("name"),
                    vector.get("kind").equals("rich") ? Payload.Kind.RICH : Payload.Kind.JSON,
                    (String) vector.get("text")));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void javaReadsAndWritesWhatTheSdkWrites(Vector vector) {
    byte[] bytes = vector.text().getBytes(StandardCharsets.UTF_8);

    Object value = Payload.encoded(vector.kind(), bytes).value();

    if (!ONE_WAY.contains(vector.name())) {
      Payload again = Payload.of(value);
      assertThat(again.kind()).isEqualTo(vector.kind());
      assertThat(again.text()).isEqualTo(vector.text());
    }
  }

  @Test
  void specialValuesBecomeTheirJavaKind() {
    assertThat(rich("{\"$\":\"bigint\",\"v\":\"12345678901234567890\"}"))
        .isEqualTo(new BigInteger("12345678901234567890"));
    assertThat(rich("{\"$\":\"date\",\"v\":\"2023-11-14T22:13:20.123Z\"}"))
        .isEqualTo(Instant.parse("2023-11-14T22:13:20.123Z"));
    assertThat(rich("{\"$\":\"set\",\"v\":[1,2]}")).isEqualTo(new LinkedHashSet<>(List.of(1, 2)));
    assertThat((byte[]) rich("{\"$\":\"bytes\",\"v\":\"AQID\"}")).containsExactly(1, 2, 3);
    assertThat(rich("{\"$\":\"number\",\"v\":\"NaN\"}")).isEqualTo(Double.NaN);
  }

  @Test
  void aLongThatADoubleCannotHoldStaysExact() {
    assertThat(Payload.of(9_007_199_254_740_993L).text())
        .isEqualTo("{\"$\":\"bigint\",\"v\":\"9007199254740993\"}");
    assertThat(Payload.of(3.0).text()).isEqualTo("3");
  }

  @Test
  void laterChangesOfTheCallersObjectDoNotShow() {
    var list = new ArrayList<Object>(List.of(1));
    var map = new HashMap<String, Object>(Map.of("list", list));
    Payload payload = Payload.of(map);

    list.add(2);
    map.put("more", true);

    assertThat(payload.text()).isEqualTo("{\"list\":[1]}");
    assertThatThrownBy(() -> payload.asMap().put("x", 1))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void whatCannotCrossIsRefusedWithItsPath() {
    assertThatThrownBy(() -> Payload.of(Map.of("items", Arrays.asList(1, new Object()))))
        .isInstanceOf(RunarException.class)
        .hasMessage("cannot send value.items[1]: it is a java.lang.Object");
    var cyclic = new ArrayList<Object>();
    cyclic.add(cyclic);
    assertThatThrownBy(() -> Payload.of(cyclic)).hasMessageContaining("or cyclic");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,]",
        "{\"a\":1}x",
        "{\"$\":\"nope\",\"v\":1}",
        "{\"$\":\"bigint\",\"v\":1}",
        "{\"$\":\"bytes\",\"v\":\"?\"}",
        "{\"$\":7}",
        "NaN",
        "{\"$\":\"date\",\"v\":\"soon\"}"
      })
  void malformedTextIsRefused(String text) {
    assertThatThrownBy(() -> rich(text)).isInstanceOf(RunarException.class);
  }

  private static Object rich(String text) {
    return Payload.encoded(Payload.Kind.RICH, text.getBytes(StandardCharsets.UTF_8)).value();
  }
}
