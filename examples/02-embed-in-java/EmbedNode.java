import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.Service;
import dev.runar.Subscription;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A Java program with a node inside: services in Java and TypeScript call each other. */
public final class EmbedNode {
  private EmbedNode() {}

  /** Takes the path of greeter.ts; without it, the one beside this file. */
  public static void main(String[] arguments) throws InterruptedException {
    Path script =
        Path.of(arguments.length > 0 ? arguments[0] : "examples/02-embed-in-java/greeter.ts");
    var clock = Service.at("clock").action("hour", (payload, context) -> Payload.of(9)).build();

    try (Node node = Node.builder().port(0).start()) {
      node.addService(clock).join();
      node.addScript(script).join();
      System.out.println("listening on " + node.urls());

      // Java calls TypeScript, which calls Java.
      Payload greeting = node.request("greeter/greet", Payload.object("name", "Ada")).join();
      System.out.println(greeting.asString());

      // TypeScript answers a Java event with an event of its own.
      var thanked = new CountDownLatch(1);
      try (Subscription subscription =
          node.subscribe(
              "greeter/thanked",
              (event, context) -> {
                System.out.println(event.topic() + ": " + event.payload().asMap().get("text"));
                thanked.countDown();
              })) {
        PublishReceipt receipt = node.publish("shop/ordered", Payload.object("item", "tea")).join();
        System.out.println("queued for " + receipt.queued() + " of " + receipt.matched());
        if (!thanked.await(5, TimeUnit.SECONDS)) {
          throw new IllegalStateException("no event on " + subscription.pattern());
        }
      }
    }
    System.out.println("stopped");
  }
}
