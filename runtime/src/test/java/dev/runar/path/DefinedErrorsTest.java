package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Errors that a service defines keep their class and where they came from, however far they go. */
@Timeout(60)
class DefinedErrorsTest {
  private static final String ERRORS =
      """
      import { defineError } from "runar-ts";
      export const InsufficientFunds = defineError<{ missing: number }>("InsufficientFunds", {
        description: "There is not enough on the account",
      });
      """;

  private static final String BANK =
      """
      import { Node } from "runar-ts";
      import { InsufficientFunds } from "./errors";
      const node = new Node();
      await node.addService({
        name: "bank", path: "bank",
        actions: {
          pay(euros: number) {
            throw new InsufficientFunds(`${euros} are missing`, { data: { missing: euros } });
          },
        },
      });
      """;

  private static final String SHOP =
      """
      import { CallbackError, type Context, Node, RunarError } from "runar-ts";
      import { InsufficientFunds } from "./errors";
      const node = new Node();
      await node.addService({
        name: "shop", path: "shop",
        actions: {
          async pass(path: string, ctx: Context) { return await ctx.request(path, 5); },
          async wrapped(path: string, ctx: Context) {
            try { await ctx.request(path, 5); }
            catch (cause) { throw new RunarError("NOT_FOUND", "no article", { cause }); }
          },
          async seen(path: string, ctx: Context) {
            const e: any = await ctx.request(path, path.startsWith("shop") ? "bank/pay" : 5)
              .catch((thrown) => thrown);
            const shown = (x: any) => x && {
              mine: x instanceof InsufficientFunds, callback: x instanceof CallbackError,
              name: x.name, code: x.code, message: x.message, data: x.data,
              path: x.path, node: x.node, cause: shown(x.cause) ?? null,
            };
            return { ...shown(e), remoteStack: e.remoteStack };
          },
        },
      });
      """;

  @TempDir Path folder;

  private ScriptNode start() {
    ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG).file("errors.ts", ERRORS);
    app.add("bank.ts", BANK).add("shop.ts", SHOP).node.start().join();
    return app;
  }

  @Test
  void fromAScriptToAnotherScriptItIsAnInstanceOfItsClass() {
    try (ScriptNode app = start()) {
      Map<String, Object> seen = ScriptNode.map(app.call("shop/seen", "bank/pay"));
      assertThat(seen)
          .containsEntry("mine", true)
          .containsEntry("callback", false)
          .containsEntry("name", "InsufficientFunds")
          .containsEntry("code", "HANDLER_FAILED")
          .containsEntry("message", "5 are missing")
          .containsEntry("data", Map.of("missing", 5))
          .containsEntry("path", "bank/pay");
      assertThat((String) seen.get("node")).matches("default/[0-9a-f]{8}");
      assertThat((String) seen.get("remoteStack")).contains("bank.ts:8:");
    }
  }

  @Test
  void twiceNestedItSaysWhereItBegan() {
    try (ScriptNode app = start()) {
      Map<String, Object> seen = ScriptNode.map(app.call("shop/seen", "shop/pass"));
      assertThat(seen).containsEntry("mine", true).containsEntry("path", "bank/pay");
      assertThat((String) seen.get("remoteStack"))
          .contains("bank.ts:8:", "called by", "shop.ts:7:");
    }
  }

  @Test
  void asACauseItKeepsItsClass() {
    try (ScriptNode app = start()) {
      Map<String, Object> seen = ScriptNode.map(app.call("shop/seen", "shop/wrapped"));
      assertThat(seen)
          .containsEntry("mine", false)
          .containsEntry("code", "NOT_FOUND")
          .containsEntry("path", "shop/wrapped");
      assertThat(ScriptNode.map(seen.get("cause")))
          .containsEntry("mine", true)
          .containsEntry("data", Map.of("missing", 5))
          .containsEntry("path", "bank/pay");
    }
  }

  @Test
  void javaSeesItsNameAndPassesItOnAndThrowsItItself() {
    try (ScriptNode app = start()) {
      RunarException failure =
          catchThrowableOfType(RunarException.class, () -> app.call("bank/pay", 7));
      assertThat(failure.definedName()).contains("InsufficientFunds");
      assertThat(failure.code()).isEqualTo(Code.HANDLER_FAILED);
      assertThat(failure.data().orElseThrow().asMap()).isEqualTo(Map.of("missing", 7));
      assertThat(failure.path()).contains("bank/pay");
      assertThat(failure.node().orElseThrow()).startsWith("default/");

      app.node
          .addService(
              Service.at("java")
                  .action("relay", (in, ctx) -> ctx.request("bank/pay", in).get())
                  .action(
                      "own",
                      (in, ctx) -> {
                        throw RunarException.defined(
                            "InsufficientFunds", "broke", Payload.object("missing", 1));
                      })
                  .action(
                      "unknown",
                      (in, ctx) -> {
                        throw RunarException.defined("NobodyKnows", "hm", Payload.of("data"));
                      })
                  .action(
                      "twice",
                      (in, ctx) -> ctx.request("shop/pass", Payload.of("java/unknown")).get())
                  .build())
          .join();
      assertThat(ScriptNode.map(app.call("shop/seen", "java/relay")))
          .containsEntry("mine", true)
          .containsEntry("path", "bank/pay");
      assertThat(ScriptNode.map(app.call("shop/seen", "java/own")))
          .containsEntry("mine", true)
          .containsEntry("data", Map.of("missing", 1))
          .containsEntry("path", "java/own");
      assertThat(ScriptNode.map(app.call("shop/seen", "java/unknown")))
          .containsEntry("mine", false)
          .containsEntry("callback", true)
          .containsEntry("name", "NobodyKnows")
          .containsEntry("data", "data");
      // through a script that has no class of that name, and on
      RunarException twice =
          catchThrowableOfType(RunarException.class, () -> app.call("java/twice", null));
      assertThat(twice.definedName()).contains("NobodyKnows");
      assertThat(twice.path()).contains("java/unknown");
    }
  }

  @Test
  void aClientGetsNameMessageAndDataAndNothingOfTheInside() {
    try (ScriptNode app = start()) {
      app.node
          .addService(
              Service.at("java")
                  .action(
                      "fault",
                      (in, ctx) -> {
                        throw new RunarException(Code.INTERNAL, "table 5 is corrupt");
                      })
                  .action(
                      "file",
                      (in, ctx) -> {
                        throw new IllegalStateException(
                            "cannot read /srv/app/secret.json",
                            new IllegalArgumentException("the cause"));
                      })
                  .build())
          .join();
      try (Client client = app.connect("/topics")) {
        assertThat(client.send("{\"request\":\"bank/pay\",\"data\":3,\"id\":1}").next())
            .isEqualTo(
                "{\"error\":{\"code\":\"HANDLER_FAILED\",\"message\":\"3 are missing\","
                    + "\"name\":\"InsufficientFunds\",\"data\":{\"missing\":3}},\"id\":1}");
        assertThat(client.send("{\"request\":\"java/file\",\"id\":2}").next())
            .isEqualTo(
                "{\"error\":{\"code\":\"HANDLER_FAILED\",\"message\":\"cannot read (a file)\"},"
                    + "\"id\":2}");
        String fault = client.send("{\"request\":\"java/fault\",\"id\":3}").next();
        assertThat(fault).matches(".*\"message\":\"internal error, reference [0-9a-f]{8}\".*");
        String reference = fault.replaceAll(".*reference ([0-9a-f]{8}).*", "$1");
        assertThat(app.logged("reference=" + reference))
            .singleElement()
            .asString()
            .contains("table 5 is corrupt");
      }
    }
  }

  @Test
  void twoDefinitionsOfOneNameAreRefused() {
    try (ScriptNode app = start()) {
      RunarException failure =
          catchThrowableOfType(
              RunarException.class,
              () ->
                  app.add(
                      "twice.ts",
                      """
                      import { defineError } from "runar-ts";
                      import "./errors";
                      defineError("InsufficientFunds", { description: "another" });
                      """));
      assertThat(failure.report())
          .contains("error InsufficientFunds is defined twice with different options");
    }
  }
}
