package dev.runar.internal.script.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.internal.script.module.SourceMap.Place;
import org.junit.jupiter.api.Test;

class SourceMapTest {
  @Test
  void original_whenWithinASegment() {
    // Line 1: column 1 is from 1:1, column 5 from 1:5. Line 2: column 3 is from 3:11.
    SourceMap map = SourceMap.decode("AAAA,IAAI;EAEM");
    assertThat(map.original(1, 1)).isEqualTo(new Place(1, 1));
    assertThat(map.original(1, 4)).isEqualTo(new Place(1, 1));
    assertThat(map.original(1, 99)).isEqualTo(new Place(1, 5));
    assertThat(map.original(2, 3)).isEqualTo(new Place(3, 11));
  }

  @Test
  void original_whenNothingIsMapped() {
    SourceMap map = SourceMap.decode("AAAA;;EAAA");
    assertThat(map.original(2, 1)).isNull();
    assertThat(map.original(3, 1)).isNull();
    assertThat(map.original(9, 1)).isNull();
    assertThat(SourceMap.decode("").original(1, 1)).isNull();
  }

  @Test
  void decode_whenNumbersAreLargeOrNegative() {
    // +100000 is "gqjG", -100000 is "hqjG".
    SourceMap map = SourceMap.decode("AAgqjGgqjG,gqjGAhqjGhqjG");
    assertThat(map.original(1, 1)).isEqualTo(new Place(100001, 100001));
    assertThat(map.original(1, 100_001)).isEqualTo(new Place(1, 1));
  }

  @Test
  void decode_whenTheTextIsNoMapping() {
    assertThatThrownBy(() -> SourceMap.decode("AA?A"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bad mapping at character 3");
    assertThatThrownBy(() -> SourceMap.decode("AAg"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bad mapping at character 3");
    assertThatThrownBy(() -> SourceMap.mappingsIn("{}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no mappings in the source map");
  }

  @Test
  void everyIdentifierOfACompiledFileMapsBackToItself() throws Exception {
    String source =
        """
        interface Gone { a: string; b: number }
        type AlsoGone = Gone | null;
        enum Kind { alpha, beta }
        const smile: string = '😀é', afterSmile: number = 1;
        class Holder<T> {
          constructor(private readonly held: T) {}
          read(): T { return markerOne(this.held, smile, afterSmile, Kind.beta); }
        }
        function markerOne(...args: unknown[]): any {
          const markerTwo: Gone = args[0] as Gone; return markerTwo;
        }
        markerOne(new Holder<number>(1).read());
        """;
    Compiled compiled = new SwcTypeScript().compile(source);
    SourceMap map = SourceMap.decode(compiled.mappings());
    for (String word :
        new String[] {"afterSmile", "markerTwo", "read(", "Holder<", "markerOne(t"}) {
      String generated = word.replace("<", "");
      assertThat(map.original(line(compiled.code(), generated), column(compiled.code(), generated)))
          .as(word)
          .isEqualTo(new Place(line(source, word), column(source, word)));
    }
  }

  private static int line(String text, String word) {
    return 1 + (int) text.substring(0, text.indexOf(word)).chars().filter(c -> c == '\n').count();
  }

  private static int column(String text, String word) {
    int at = text.indexOf(word);
    return at - text.lastIndexOf('\n', at);
  }
}
