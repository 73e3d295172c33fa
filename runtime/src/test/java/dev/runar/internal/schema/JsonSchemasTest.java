package dev.runar.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import dev.runar.Payload;
import dev.runar.RunarException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JsonSchemasTest {
  private static final String POINT =
      """
      {"type":"object","properties":{"x":{"type":"number"},"y":{"type":"number"}},
       "required":["x","y"],"additionalProperties":false}
      """;

  private final JsonSchemas schemas = new JsonSchemas();

  private JsonSchema schema(String json) {
    return schemas.compile(Payload.json(json), "service s: action a: input");
  }

  @Test
  void aValueThatFitsHasNoIssues() {
    assertThat(schema(POINT).check(Payload.json("{\"x\":1,\"y\":2.5}"))).isEmpty();
    assertThat(schema(POINT).check(Payload.object("x", 1, "y", 2.5))).isEmpty();
  }

  @Test
  void eachIssueSaysWhereAndWhy() {
    assertThat(schema(POINT).check(Payload.json("{\"x\":\"1\",\"z\":3}")))
        .containsExactlyInAnyOrder(
            new SchemaIssue("x", "string found, number expected", "type"),
            new SchemaIssue("y", "required property 'y' not found", "required"),
            new SchemaIssue(
                "z",
                "property 'z' is not defined in the schema and the schema does not allow additional"
                    + " properties",
                "additionalProperties"));
    var nested =
        schema(
            "{\"properties\":{\"items\":{\"items\":{\"properties\":{\"n\":{\"type\":\"integer\"}}}}}}");
    assertThat(nested.check(Payload.json("{\"items\":[{\"n\":1},{\"n\":1.5}]}")))
        .containsExactly(new SchemaIssue("items.1.n", "number found, integer expected", "type"));
  }

  @Test
  void aSenderIsToldOfAtMost32Issues() {
    var of = schema("{\"items\":{\"type\":\"string\"}}");
    var many = Payload.of(java.util.Collections.nCopies(1_000, 1));
    assertThat(of.check(many)).hasSize(32);
  }

  @Test
  void knownFormatsAreChecked() {
    var email = schema("{\"type\":\"string\",\"format\":\"email\"}");
    assertThat(email.check(Payload.of("a@example.com"))).isEmpty();
    assertThat(email.check(Payload.of("nobody"))).hasSize(1);
  }

  @Test
  void whatIsNoSchemaIsRefusedWithWhere() {
    assertThatThrownBy(() -> schema("{\"type\":\"strng\"}"))
        .isInstanceOf(RunarException.class)
        .hasMessageStartingWith("service s: action a: input is not a JSON Schema: type: ");
    assertThatThrownBy(() -> schema("[1]"))
        .hasMessage("service s: action a: input is not a JSON Schema: a schema is an object");
    assertThatThrownBy(() -> schema("{\"properties\":{\"a\":{\"minimum\":\"1\"}}}"))
        .hasMessageContaining("properties.a.minimum: string found, number expected");
    assertThatThrownBy(() -> schema("{\"pattern\":\"(\"}"))
        .hasMessageContaining("is not a JSON Schema");
    assertThatThrownBy(() -> schema("{\"properties\":{\"a\":{\"$ref\":\"#/$defs/none\"}}}"))
        .hasMessageContaining("is not a JSON Schema")
        .hasMessageContaining("/$defs/none");
    assertThatThrownBy(() -> schema("{\"$schema\":\"https://example.org/own\"}"))
        .hasMessageContaining("is not a JSON Schema")
        .hasMessageContaining("https://example.org/own");
  }

  @Test
  void olderDraftsAreKnown() {
    var old =
        schema("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"string\"}");
    assertThat(old.check(Payload.of(1))).hasSize(1);
  }

  @Test
  void nothingIsEverFetched() throws IOException {
    var asked = new AtomicInteger();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/schema.json";
      for (String reference :
          List.of(url, "file:///etc/hostname", "classpath:logging.properties")) {
        assertThatThrownBy(
                () -> schema("{\"properties\":{\"a\":{\"$ref\":\"" + reference + "\"}}}"))
            .as(reference)
            .hasMessageContaining("is not a JSON Schema");
      }
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aSchemaOfItselfIsChecked() {
    var tree = schema("{\"type\":\"object\",\"properties\":{\"left\":{\"$ref\":\"#\"}}}");
    assertThat(tree.check(Payload.json("{\"left\":{\"left\":{}}}"))).isEmpty();
    assertThat(tree.check(Payload.json("{\"left\":{\"left\":1}}"))).hasSize(1);
    String deep = "{\"left\":".repeat(900) + "{}" + "}".repeat(900);
    assertThat(tree.check(Payload.json(deep))).hasSizeLessThanOrEqualTo(1);
    String deeper = "{\"left\":".repeat(2_000) + "{}" + "}".repeat(2_000);
    assertThat(tree.check(Payload.json(deeper))).hasSize(1);
  }

  @Test
  void whatJsonDoesNotHaveIsSeenAsText() {
    var date = schema("{\"properties\":{\"at\":{\"type\":\"string\",\"format\":\"date-time\"}}}");
    assertThat(date.check(Payload.object("at", Instant.EPOCH))).isEmpty();
    var whole = schema("{\"properties\":{\"n\":{\"type\":\"integer\"}}}");
    assertThat(whole.check(Payload.object("n", BigInteger.TWO.pow(80)))).isEmpty();
    var number = schema("{\"properties\":{\"n\":{\"type\":\"number\"}}}");
    assertThat(number.check(Payload.object("n", Double.NaN))).hasSize(1);
    assertThat(number.check(Payload.bytes(new byte[3])))
        .containsExactly(new SchemaIssue("", "is bytes, and the schema is of JSON", "type"));
  }

  @Test
  void valuesAreNamedByTheOrderOfTheProperties() {
    assertThat(schema(POINT).names()).containsExactly("x", "y");
    assertThat(schema(POINT).named(Payload.json("[1,2]")).orElseThrow().asMap())
        .containsEntry("x", 1)
        .containsEntry("y", 2);
    assertThat(schema(POINT).named(Payload.json("[1,2,3]"))).isEmpty();
    assertThat(schema(POINT).named(Payload.of(5))).isEmpty();
    var single = schema("{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"number\"}}}");
    assertThat(single.named(Payload.of(5)).orElseThrow().asMap()).containsEntry("n", 5);
    assertThat(schema("{\"type\":\"array\"}").names()).isEmpty();
  }

  private static final String CRAFTED = "a".repeat(50) + "b";

  @Test
  void aPatternThatATextWasMadeForIsGivenUpSoon() {
    var schema = schema("{\"properties\":{\"names\":{\"items\":{\"pattern\":\"(.*a){12}c\"}}}}");
    assertThat(schema.check(Payload.object("names", List.of("a".repeat(12) + "c")))).isEmpty();
    long begun = System.nanoTime();
    var issues =
        schema.check(Payload.object("names", List.of("a".repeat(12) + "c", CRAFTED, CRAFTED)));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    assertThat(issues)
        .containsExactly(
            new SchemaIssue("names.1", "takes too long to match a pattern", "pattern"));
    assertThat(issues.getFirst().isGivenUp()).isTrue();
  }

  @Test
  void nestedRepetitionsTakeNoTime() {
    long begun = System.nanoTime();
    assertThat(schema("{\"pattern\":\"(a+)+$\"}").check(Payload.of(CRAFTED))).hasSize(1);
    assertThat(schema("{\"pattern\":\"^(a+)+\\\\1c$\"}").check(Payload.of(CRAFTED)))
        .containsExactly(new SchemaIssue("", "takes too long to match a pattern", "pattern"));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void whatIsGivenUpNeverFits() {
    for (String json :
        List.of(
            "{\"not\":{\"pattern\":\"(.*a){12}c\"}}",
            "{\"anyOf\":[{\"pattern\":\"(.*a){12}c\"},{\"type\":\"string\"}]}",
            "{\"patternProperties\":{\"(.*a){12}c\":{\"type\":\"number\"}}}")) {
      Payload value =
          json.contains("Properties") ? Payload.object(CRAFTED, "x") : Payload.of(CRAFTED);
      assertThat(schema(json).check(value)).hasSize(1).allMatch(SchemaIssue::isGivenUp);
    }
  }

  @Test
  void aLongTextMatchesAPatternThatGoesThroughItOnce() {
    String text = "a-1_".repeat(250_000);
    assertThat(schema("{\"pattern\":\"^[a-z0-9_-]+$\"}").check(Payload.of(text))).isEmpty();
    assertThat(schema("{\"pattern\":\"^(a|-|1|_){0,9}\"}").check(Payload.of(text))).isEmpty();
    assertThat(schema("{\"pattern\":\"^[a-z]+$\"}").check(Payload.of(text)))
        .extracting(SchemaIssue::keyword, SchemaIssue::isGivenUp)
        .containsExactly(tuple("pattern", false));
  }
}
