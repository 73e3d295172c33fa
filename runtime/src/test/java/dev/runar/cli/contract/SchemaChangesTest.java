package dev.runar.cli.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.cli.contract.SchemaChanges.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which difference between two schemas breaks whom. */
@Timeout(10)
class SchemaChangesTest {
  private static List<Change> changes(String before, String after, Direction direction) {
    return SchemaChanges.between(
        Payload.json(before).value(), Payload.json(after).value(), "x", direction);
  }

  @ParameterizedTest(name = "{0} -> {1}: input {2}, output {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"number\"}|{\"type\":\"integer\"}|BREAKING|COMPATIBLE",
        "{\"type\":\"integer\"}|{\"type\":\"number\"}|COMPATIBLE|BREAKING",
        "{\"type\":\"string\"}|{\"type\":[\"string\",\"null\"]}|COMPATIBLE|BREAKING",
        "{\"enum\":[1,2]}|{\"enum\":[1]}|BREAKING|COMPATIBLE",
        "{\"enum\":[1]}|{\"enum\":[1,2]}|COMPATIBLE|BREAKING",
        "{\"type\":\"string\"}|{\"const\":\"a\"}|BREAKING|COMPATIBLE",
        "{\"anyOf\":[{\"const\":1},{\"const\":2}]}|{\"enum\":[1]}|BREAKING|COMPATIBLE",
        "{\"type\":\"string\"}|{}|COMPATIBLE|BREAKING",
        "{}|{\"type\":\"string\"}|BREAKING|COMPATIBLE",
        "{\"type\":\"string\",\"maxLength\":5}|{\"type\":\"string\",\"maxLength\":4}|BREAKING|COMPATIBLE",
        "{\"type\":\"string\",\"minLength\":1}|{\"type\":\"string\"}|COMPATIBLE|BREAKING",
        "{\"type\":\"string\"}|{\"type\":\"string\",\"pattern\":\"a\"}|BREAKING|COMPATIBLE",
        "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}|{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}|BREAKING|COMPATIBLE",
        "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}|{\"type\":\"string\"}|BREAKING|COMPATIBLE",
        "{\"type\":\"string\"}|{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}|COMPATIBLE|BREAKING",
      })
  void lessBreaksAnInputAndMoreAnOutput(
      String before, String after, Change.Kind input, Change.Kind output) {
    assertThat(changes(before, after, Direction.INPUT))
        .singleElement()
        .extracting(Change::kind)
        .isEqualTo(input);
    assertThat(changes(before, after, Direction.OUTPUT))
        .singleElement()
        .extracting(Change::kind)
        .isEqualTo(output);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|{}",
        "{\"enum\":[1,2]}|{\"enum\":[2,1]}",
        "{\"anyOf\":[{\"const\":1},{\"const\":2}]}|{\"enum\":[1,2]}",
        "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"string\"}}}|{\"type\":\"string\"}",
        "{\"type\":\"string\",\"description\":\"a\"}|{\"type\":\"string\",\"description\":\"b\"}",
      })
  void whatMeansTheSameIsNoChange(String before, String after) {
    assertThat(changes(before, after, Direction.INPUT)).isEmpty();
    assertThat(changes(before, after, Direction.OUTPUT)).isEmpty();
  }

  @Test
  void fieldsAreComparedWhereverTheyAre() {
    String before =
        """
        {"type":"object","required":["a"],"properties":{
          "a":{"type":"object","properties":{"b":{"type":"string"},"c":{"type":"string"}}}}}\
        """;
    String after =
        """
        {"type":"object","properties":{
          "a":{"type":"object","required":["b"],"properties":{"b":{"type":"string"}}}}}\
        """;
    assertThat(changes(before, after, Direction.INPUT))
        .containsExactly(
            new Change(Change.Kind.COMPATIBLE, "x.a", "is optional now"),
            new Change(Change.Kind.BREAKING, "x.a.b", "is required now"),
            new Change(Change.Kind.COMPATIBLE, "x.a.c", "is not read any more"));
    assertThat(changes(before, after, Direction.OUTPUT))
        .containsExactly(
            new Change(Change.Kind.BREAKING, "x.a", "is optional now"),
            new Change(Change.Kind.COMPATIBLE, "x.a.b", "is required now"),
            new Change(Change.Kind.BREAKING, "x.a.c", "was removed"));
  }

  @Test
  void aSchemaThatHoldsItselfIsComparedToAnEnd() {
    String tree =
        """
        {"type":"object","properties":{"left":{"$ref":"#"},"right":{"$ref":"#"},"n":{"type":"%s"}}}\
        """;
    assertThat(changes(tree.formatted("number"), tree.formatted("integer"), Direction.INPUT))
        .isNotEmpty();
    String lonely = "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/a\"}}}";
    assertThat(changes(lonely, lonely, Direction.INPUT)).isEmpty();
    assertThat(SchemaTree.lines("x", Payload.json(lonely).value())).containsExactly("x: any");
    assertThat(SchemaTree.lines("x", Payload.json(tree.formatted("number")).value()))
        .hasSizeLessThan(2_000);
  }
}
