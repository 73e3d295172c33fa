package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the class files do not show: sizes, words, comments. */
class SourceTextTest {
  private static final int MAX_LINES = 400;

  private static final Pattern COMMENT = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern WORD_ROW = Pattern.compile("(?m)^\\|[^|]*\\|[^|]*\\|([^|]*)\\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Words that only a vocabulary entry may use: the page that forbids them. */
  private static final String VOCABULARY = "docs/vocabulary.md";

  @Test
  void noFileIsTooLong() {
    List<Path> sources = SourceFiles.below("runtime/src/main/java", ".java");
    assertThat(sources).hasSizeGreaterThan(150);
    assertThat(sources)
        .allSatisfy(
            file ->
                assertThat(SourceFiles.text(file).lines().count())
                    .as(SourceFiles.shown(file) + ": which is its second idea?")
                    .isLessThanOrEqualTo(MAX_LINES));
  }

  @Test
  void everyPackageSaysInALineWhatItIs() {
    assertThat(SourceFiles.below("runtime/src/main/java", "package-info.java"))
        .hasSizeGreaterThan(10)
        .allSatisfy(file -> assertThat(SourceFiles.text(file)).startsWith("/**"));
  }

  @Test
  void noSourceHasATodo() {
    Pattern later = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
    Stream.of("runtime/src/main", "runtime/src/build", "js-sdk/src", "examples")
        .flatMap(folder -> SourceFiles.below(folder, ".java", ".ts", ".js", ".mjs").stream())
        .forEach(
            file ->
                assertThat(later.matcher(SourceFiles.text(file)).find())
                    .as(SourceFiles.shown(file))
                    .isFalse());
  }

  /** What a page shows of others is text: as HTML it could be a script of whoever published it. */
  @Test
  void noPageOfAnExampleWritesHtml() {
    Pattern html =
        Pattern.compile("\\b(innerHTML|outerHTML|insertAdjacentHTML|document\\.write)\\b");
    List<Path> pages = SourceFiles.below("examples", ".js", ".mjs", ".html");
    assertThat(pages).hasSizeGreaterThan(5);
    pages.forEach(
        page ->
            assertThat(html.matcher(SourceFiles.text(page)).find())
                .as(SourceFiles.shown(page))
                .isFalse());
  }

  @Test
  void onlyTheWordsOfTheVocabularyAreUsed() {
    List<String> forbidden = forbiddenWords(SourceFiles.text(VOCABULARY));
    assertThat(forbidden).contains("mailbox", "JS thread", "emit").hasSizeGreaterThan(5);
    var found = new ArrayList<String>();
    for (Path page : pages()) {
      found.addAll(uses(SourceFiles.shown(page), SourceFiles.text(page), forbidden));
    }
    for (Path source : documentedSources()) {
      Matcher comments = COMMENT.matcher(SourceFiles.text(source));
      while (comments.find()) {
        found.addAll(uses(SourceFiles.shown(source), comments.group(), forbidden));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void aForbiddenWordIsFound() {
    List<String> forbidden =
        forbiddenWords("| callback queue | how … | `mailbox`, `JS thread` |\n");
    assertThat(forbidden).containsExactly("mailbox", "JS thread");
    assertThat(uses("page", "Put it into the Mailbox of the JS\nthread.", forbidden))
        .containsExactly("page: mailbox", "page: JS thread");
    assertThat(uses("page", "Mailboxes are something else.", forbidden)).isEmpty();
  }

  private static List<Path> pages() {
    return SourceFiles.below("", ".md").stream()
        .filter(file -> !SourceFiles.shown(file).equals(VOCABULARY))
        .toList();
  }

  private static List<Path> documentedSources() {
    return Stream.concat(
            SourceFiles.below("runtime/src/main/java", ".java").stream(),
            SourceFiles.below("js-sdk/src", ".ts").stream())
        .toList();
  }

  /** The code words of the third column. */
  private static List<String> forbiddenWords(String vocabulary) {
    var words = new ArrayList<String>();
    Matcher rows = WORD_ROW.matcher(vocabulary);
    while (rows.find()) {
      Matcher cells = CODE.matcher(rows.group(1));
      while (cells.find()) {
        words.add(cells.group(1));
      }
    }
    return words;
  }

  private static List<String> uses(String where, String text, List<String> forbidden) {
    return forbidden.stream()
        .filter(word -> phrase(word).matcher(text).find())
        .map(word -> where + ": " + word)
        .toList();
  }

  private static Pattern phrase(String word) {
    return Pattern.compile(
        "\\b" + word.replace(" ", "\\s+(?:\\*\\s+)?") + "\\b", Pattern.CASE_INSENSITIVE);
  }
}
