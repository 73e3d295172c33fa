package dev.runar.internal.script.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.script.permission.PermissionCheck;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a script hears of a connection that it ends, on this thread in place of an owner's. */
@Timeout(60)
class EndTest {
  private final LinkedBlockingQueue<Runnable> turns = new LinkedBlockingQueue<>();
  private final WebHost host =
      new WebHost() {
        @Override
        public void post(String what, Runnable callback) {
          turns.add(callback);
        }

        @Override
        public void begins() {}

        @Override
        public void ends() {}

        @Override
        public CompletableFuture<Void> ended() {
          return new CompletableFuture<>();
        }

        @Override
        public PermissionCheck permissions() {
          throw new AssertionError("nothing is asked for");
        }
      };

  @Test
  void aCloseThatCannotBeSentEndsTheSocketAtItsDeadline() throws InterruptedException {
    try (Context context = Context.create("js")) {
      Value heard = context.eval("js", "[]");
      Value listener =
          context.eval("js", "(heard) => (...what) => heard.push(what)").execute(heard);
      var socket =
          new ClientSocket(host, listener, new SocketOutbox(new ByteBudget(1)), new ByteBudget(1));
      socket.close(1000, "", Duration.ofMillis(1));
      turns.take().run();
      assertThat(heard).hasToString("[[\"closed\", false, 1006, \"\", null]]");
      assertThat(socket.ended()).succeedsWithin(Duration.ofSeconds(10)); // by the other thread
    }
  }

  @Test
  void aReadThatWaitsIsAnsweredWhenItsBodyIsGivenUp() throws InterruptedException {
    try (Context context = Context.create("js")) {
      Value heard = context.eval("js", "[]");
      Value told = context.eval("js", "(heard) => (what) => heard.push(what)").execute(heard);
      var body = new ResponseBody(new Connections(host), new ByteBudget(1));
      var reader = new BodyReader(new Operations(host), body);
      body.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
          });
      reader.execute(told, told);
      reader.execute();
      turns.take().run();
      assertThat(heard.getArrayElement(0).asString()).contains("given up");
    }
  }
}
