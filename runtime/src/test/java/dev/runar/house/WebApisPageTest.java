package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.conformance.WebNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/web-apis.md} are those of {@code globals.txt}. With {@code
 * -Drunar.write=true} this writes them.
 */
class WebApisPageTest {
  private static final Path PAGE = House.repository().resolve("docs/web-apis.md");

  @Test
  void theTablesAreThoseOfTheDataFile() throws IOException {
    WebNames names = WebNames.read();
    String page = Files.readString(PAGE);
    String made = put(put(page, "names", names.table()), "deviations", names.deviations());
    if (Boolean.getBoolean("runar.write")) {
      Files.writeString(PAGE, made);
      return;
    }
    assertThat(page)
        .as("docs/web-apis.md is stale: run this test with -Drunar.write=true")
        .isEqualTo(made);
  }

  @Test
  void aTableIsPutBetweenItsMarks() {
    String page = "a\n<!-- made of globals.txt: names -->\nold\n<!-- end -->\nb\n";
    assertThat(put(page, "names", "new\n"))
        .isEqualTo("a\n<!-- made of globals.txt: names -->\nnew\n<!-- end -->\nb\n");
  }

  private static String put(String page, String table, String text) {
    String begin = "<!-- made of globals.txt: " + table + " -->\n";
    int from = page.indexOf(begin);
    int to = page.indexOf("<!-- end -->", from);
    assertThat(from).as("the mark of " + table).isNotNegative();
    assertThat(to).as("the end of " + table).isGreaterThan(from);
    return page.substring(0, from + begin.length()) + text + page.substring(to);
  }
}
