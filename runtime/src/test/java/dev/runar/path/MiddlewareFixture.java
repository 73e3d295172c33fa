package dev.runar.path;

import dev.runar.Middleware;
import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishOptions.Ack;
import dev.runar.PublishReceipt;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** How to start a node with middleware around a script. */
abstract class MiddlewareFixture {
  static final String SCRIPT =
      """
      import { type Context, type EventContext, Node } from "runar-ts";
      const node = new Node();
      node.use({
        async action(ctx, next) {
          ctx.identify({ seenBy: "script", was: ctx.identity ?? null });
          return { inScript: await next() };
        },
      });
      await node.addService({
        name: "app", path: "app",
        actions: {
          add: (a: number, b: number, ctx: Context) =>
            ({ sum: a + b, identity: ctx.identity, nested: ctx.meta.nested ?? null }),
          nested: (ctx: Context) => ctx.request("app/add", [1, 2], { meta: { nested: "yes" } }),
          fails: () => { throw new RangeError("too far"); },
        },
        hooks: { before: { add: (ctx, input: any) => ({ ...input, b: input.b * 10 }) } },
        events: { "app/*": (payload: any) => { if (payload === "bad") throw new Error("no"); } },
      });
      """;

  @TempDir Path folder;

  Node start(Middleware... middlewares) throws Exception {
    Path app = Files.writeString(folder.resolve("app.ts"), SCRIPT);
    var builder = Node.builder().port(-1);
    for (Middleware middleware : middlewares) {
      builder.use(middleware);
    }
    Node node = builder.start();
    ScriptNode.value(node.addScript(app));
    return node;
  }

  static PublishReceipt publish(Node node, String topic, Object payload) {
    PublishOptions options = PublishOptions.DEFAULT.withAck(Ack.HANDLED);
    return ScriptNode.value(node.publish(topic, Payload.of(payload), options));
  }
}
