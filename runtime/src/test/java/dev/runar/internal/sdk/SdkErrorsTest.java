package dev.runar.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What JavaScript is told of a failure in Java, and Java of one in JavaScript. */
class SdkErrorsTest {
  private static final StackTraceElement HANDLER =
      new StackTraceElement("shop.Orders", "find", "Orders.java", 12);
  private static final StackTraceElement LIBRARY =
      new StackTraceElement("java.util.HashMap", "get", "HashMap.java", 5);
  private static final StackTraceElement NODE =
      new StackTraceElement("dev.runar.internal.node.JavaServices", "run", "JavaServices.java", 9);
  private static final StackTraceElement MAIN =
      new StackTraceElement("dev.runar.cli.HostMain", "run", "HostMain.java", 3);
  private static final StackTraceElement THREAD =
      new StackTraceElement("java.lang.Thread", "run", "Thread.java", 1);

  @Test
  void aFailureOfJavaSaysWhereItWasThrownDownToWhereTheNodeCalled() {
    var disk = at(new IOException("no space"), LIBRARY, HANDLER, NODE, THREAD);
    var wrong = at(new IllegalStateException("broken", disk), HANDLER, NODE, THREAD);
    var failure =
        at(new RunarException(Code.HANDLER_FAILED, "broken", wrong), NODE, HANDLER, NODE, THREAD);

    Map<String, Object> told = told(failure);

    assertThat(told).containsEntry("code", "HANDLER_FAILED").containsEntry("message", "broken");
    assertThat(told.get("stack"))
        .isEqualTo(
            """
            HANDLER_FAILED: broken
                at dev.runar.internal.node.JavaServices.run(JavaServices.java:9)
                at shop.Orders.find(Orders.java:12)
            Caused by: java.lang.IllegalStateException: broken
                at shop.Orders.find(Orders.java:12)
            Caused by: java.io.IOException: no space
                at java.util.HashMap.get(HashMap.java:5)
                at shop.Orders.find(Orders.java:12)\
            """);
    assertThat(told.get("cause"))
        .isEqualTo(
            Map.of(
                "code", "HANDLER_FAILED",
                "name", "java.lang.IllegalStateException",
                "message", "broken",
                "stack",
                    "java.lang.IllegalStateException: broken\n"
                        + "    at shop.Orders.find(Orders.java:12)",
                "cause",
                    Map.of(
                        "code", "HANDLER_FAILED",
                        "name", "java.io.IOException",
                        "message", "no space",
                        "stack",
                            "java.io.IOException: no space\n"
                                + "    at java.util.HashMap.get(HashMap.java:5)\n"
                                + "    at shop.Orders.find(Orders.java:12)")));
  }

  @Test
  void aFaultOfTheNodeItselfHasItsFramesAndARefusalHasNone() {
    var fault = at(new NullPointerException("of ours"), NODE, THREAD);
    assertThat(told(new RunarException(Code.INTERNAL, "a fault", fault)).get("stack"))
        .asString()
        .endsWith(
            """
            Caused by: java.lang.NullPointerException: of ours
                at dev.runar.internal.node.JavaServices.run(JavaServices.java:9)
                at java.lang.Thread.run(Thread.java:1)\
            """);
    var refusal = at(new RunarException(Code.NOT_FOUND, "no \"a/b\""), NODE, MAIN, THREAD);
    assertThat(told(refusal))
        .isEqualTo(
            Map.of(
                "code", "NOT_FOUND",
                "message", "no \"a/b\"",
                "stack", "NOT_FOUND: no \"a/b\""));
  }

  @Test
  void whatWasSuppressedAreItsErrors() {
    var failure = at(new RunarException(Code.INVALID_INPUT, "two are wrong"), HANDLER);
    failure.addSuppressed(at(new IllegalArgumentException("the first"), HANDLER));
    failure.addSuppressed(at(new RunarException(Code.NOT_FOUND, "the second"), HANDLER));

    assertThat((List<?>) told(failure).get("errors"))
        .map(error -> ((Map<?, ?>) error).get("message"))
        .isEqualTo(List.of("the first", "the second"));
  }

  /** As of resources that could not be closed: each says why it had to be. */
  @Test
  void whatLeadsToItselfIsToldOnce() {
    var lost = at(new IllegalStateException("lost"), HANDLER);
    for (int i = 0; i < 8; i++) {
      lost.addSuppressed(at(new IllegalStateException("not closed " + i, lost), HANDLER));
    }

    Map<String, Object> told = told(new RunarException(Code.HANDLER_FAILED, "lost", lost));

    Map<?, ?> cause = (Map<?, ?>) told.get("cause");
    assertThat((List<?>) cause.get("errors"))
        .hasSize(8)
        .last()
        .isEqualTo(
            Map.of(
                "code", "HANDLER_FAILED",
                "name", "java.lang.IllegalStateException",
                "message", "not closed 7",
                "stack",
                    "java.lang.IllegalStateException: not closed 7\n"
                        + "    at shop.Orders.find(Orders.java:12)",
                "cause",
                    Map.of(
                        "code", "HANDLER_FAILED",
                        "name", "java.lang.IllegalStateException",
                        "message", "lost",
                        "stack", "java.lang.IllegalStateException: lost\n    … (told above)")));
  }

  @Test
  void ofManyErrorsSoManyAreTold() {
    var root = new RunarException(Code.HANDLER_FAILED, "0");
    var last = List.<Exception>of(root);
    for (int depth = 0; depth < 4; depth++) { // 8 of 8 of 8 of 8
      last = last.stream().<Exception>flatMap(SdkErrorsTest::withOthers).toList();
    }

    String json = SdkErrors.toJson(root);

    assertThat(json.split("\"errors\":")).hasSizeLessThan(32);
    assertThat(json).contains("… (one of more than 32 errors)").hasSizeLessThan(256 << 10);
  }

  private static Stream<Exception> withOthers(Exception error) {
    List<Exception> others = Stream.generate(() -> new Exception("one")).limit(8).toList();
    others.forEach(other -> error.addSuppressed(at(other, HANDLER)));
    return others.stream();
  }

  @Test
  void aStackOfJavaScriptStaysWhatItIs() {
    RunarException failure =
        SdkErrors.fromJson(
            """
            {"code":"HANDLER_FAILED","name":"AggregateError","message":"both",
             "stack":"AggregateError: both\\n    at app.ts:1:1",
             "errors":[{"code":"HANDLER_FAILED","name":"TypeError","message":"one"},
                       {"code":"HANDLER_FAILED","name":"Error","message":"threw undefined"}],
             "cause":{"code":"TIMEOUT","message":"late","data":{"$":"bigint","v":"7"}}}
            """,
            RunarException::new);

    assertThat(failure.remoteName()).hasValue("AggregateError");
    assertThat(failure.remoteStack()).hasValue("AggregateError: both\n    at app.ts:1:1");
    assertThat(failure.getSuppressed())
        .extracting("message")
        .containsExactly("one", "threw undefined");
    RunarException cause = (RunarException) failure.getCause();
    assertThat(cause.code()).isEqualTo(Code.TIMEOUT);
    assertThat(cause.data()).hasValue(Payload.of(java.math.BigInteger.valueOf(7)));
    assertThat(told(failure).get("stack")).isEqualTo("AggregateError: both\n    at app.ts:1:1");
  }

  @Test
  void whatJavaScriptThrewWithoutAStackHasNoneOfJava() {
    RunarException failure =
        SdkErrors.fromJson(
            """
            {"code":"HANDLER_FAILED","name":"Error","message":"threw undefined"}
            """,
            RunarException::new);

    at(failure, HANDLER, NODE, THREAD);

    assertThat(told(failure).get("stack")).isEqualTo("HANDLER_FAILED: threw undefined");
    RunarException defined = at(RunarException.defined("NoFunds", "none", null), HANDLER, NODE);
    assertThat(told(defined).get("stack"))
        .isEqualTo("HANDLER_FAILED: none\n    at shop.Orders.find(Orders.java:12)");
  }

  @Test
  void whatIsNoErrorIsOneThatCannotBeRead() {
    assertThat(SdkErrors.fromJson("[1", RunarException::new))
        .hasMessage("an error that cannot be read");
  }

  private static <T extends Throwable> T at(T thrown, StackTraceElement... frames) {
    thrown.setStackTrace(frames);
    return thrown;
  }

  private static Map<String, Object> told(RunarException failure) {
    @SuppressWarnings("unchecked")
    Map<String, Object> map =
        (Map<String, Object>) (Map<?, ?>) Payload.json(SdkErrors.toJson(failure)).asMap();
    return map;
  }
}
