package dev.runar.internal.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.RunarException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {

  @Test
  void aPathKnowsItsNetworkServiceAndSegments() {
    TopicPath path = TopicPath.parse("home:math/add/now", "default");

    assertThat(path.network()).isEqualTo("home");
    assertThat(path.service()).isEqualTo("math");
    assertThat(path.segments()).containsExactly("math", "add", "now");
    assertThat(path.full()).isEqualTo("home:math/add/now");
  }

  @Test
  void theDefaultNetworkIsAdded() {
    assertThat(TopicPath.parse("math/add", "default").full()).isEqualTo("default:math/add");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "main:auth:login",
        ":auth/login",
        "a//b",
        "/a",
        "a/",
        "a/*",
        "a/>",
        "a/{id}",
        "a b",
        "a/\u0000",
        "net:",
        "n/x:a"
      })
  void aMalformedPathIsRefused(String text) {
    assertThatThrownBy(() -> TopicPath.parse(text, "default"))
        .isInstanceOfSatisfying(
            RunarException.class,
            e -> assertThat(e.code()).isEqualTo(RunarException.Code.INVALID_PATH));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/>/b", "{}", "a/{}", "a/x{id}", "a/*b", "a//b", ">/a"})
  void aMalformedPatternIsRefused(String text) {
    assertThatThrownBy(() -> TopicPattern.parse(text, "default"))
        .isInstanceOfSatisfying(
            RunarException.class,
            e -> assertThat(e.code()).isEqualTo(RunarException.Code.INVALID_PATH));
  }

  @ParameterizedTest
  @CsvSource({
    "math/add,    math/add,     true",
    "math/add,    math/sub,     false",
    "math/*,      math/add,     true",
    "math/*,      math/add/b,   false",
    "math/*,      math,         false",
    "*/add,       math/add,     true",
    "math/>,      math/add,     true",
    "math/>,      math/a/b/c,   true",
    "math/>,      math,         false",
    ">,           a,            true",
    "user/{id},   user/7,       true",
    "user/{id}/x, user/7/x,     true",
    "user/{id}/x, user/7/y,     false",
    "n1:a/*,      n2:a/b,       false",
    "n1:a/*,      n1:a/b,       true"
  })
  void patternsMatch(String pattern, String path, boolean expected) {
    TopicPattern parsed = TopicPattern.parse(pattern, "default");
    TopicPath topic = TopicPath.parse(path, "default");
    var trie = new TopicTrie<String>();
    trie.add(parsed, "value");

    assertThat(parsed.matches(topic)).isEqualTo(expected);
    assertThat(trie.match(topic)).hasSize(expected ? 1 : 0);
  }

  @Test
  void templatesGiveTheirValues() {
    TopicPattern pattern = TopicPattern.parse("user/{id}/mail/{box}", "default");

    assertThat(pattern.params(TopicPath.parse("user/7/mail/in", "default")))
        .isEqualTo(Map.of("id", "7", "box", "in"));
  }

  @Test
  void aLiteralIsCloserThanATemplateThanAStarThanTheRest() {
    var patterns =
        List.of("a/>", "a/*", "a/{x}", "a/b").stream()
            .map(text -> TopicPattern.parse(text, "default"))
            .sorted(TopicPattern::compareCloseness)
            .map(TopicPattern::text)
            .toList();

    assertThat(patterns).containsExactly("a/b", "a/{x}", "a/*", "a/>");
  }

  @Test
  void aRemovedEntryNoLongerMatches() {
    var trie = new TopicTrie<String>();
    TopicPattern pattern = TopicPattern.parse("a/*", "default");
    trie.add(pattern, "one");
    trie.add(pattern, "two");

    assertThat(trie.remove(pattern, "one")).isTrue();
    assertThat(trie.remove(pattern, "one")).isFalse();

    assertThat(trie.size()).isEqualTo(1);
    assertThat(trie.match(TopicPath.parse("a/b", "default")))
        .extracting(TopicTrie.Entry::value)
        .containsExactly("two");
  }
}
