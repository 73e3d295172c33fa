package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.NodeProvider;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Java prints, as lines for the program on the other side. */
@Timeout(20)
class LinkLinesTest {
  private final ByteArrayOutputStream last = new ByteArrayOutputStream();
  private final LinkLines lines = new LinkLines(last);
  private final PrintStream out = lines.terminal().out();
  private final Reader reader = new Reader(new CopyOnWriteArrayList<>(), new CompletableFuture<>());

  @Test
  void whatIsPrintedIsLines() {
    lines.to(reader);
    out.print("one\ntwo\r\n");
    lines.terminal().err().println("three");

    assertThat(reader.heard)
        .containsExactly("info System.out: one", "info System.out: two", "warn System.err: three");
  }

  @Test
  void aLineWithoutItsEndIsSentWhenTheProcessEnds() {
    lines.to(reader);
    out.print("bye");
    assertThat(reader.heard).isEmpty();

    lines.end();

    assertThat(reader.heard).containsExactly("info System.out: bye");
  }

  @Test
  void aLongLineIsCutBetweenCharacters() {
    lines.to(reader);
    out.print("x" + "é".repeat(40_000) + "\n"); // 64 KiB end within one of them

    assertThat(reader.heard).hasSize(2);
    assertThat(reader.heard).allMatch(line -> !line.contains("\ufffd"));
    assertThat(String.join("", reader.heard).chars().filter(each -> each == 'é').count())
        .isEqualTo(40_000);
  }

  @Test
  void whatIsNoTextIsCutAllTheSame() {
    lines.to(reader);
    byte[] continued = new byte[1 << 20];
    Arrays.fill(continued, (byte) 0x80);

    out.write(continued, 0, continued.length);

    assertThat(reader.heard).hasSize(15);
  }

  @Test
  void linesBeforeALinkComeFirstAndThoseBehindTheBoundAreCounted() {
    for (int i = 1; i <= 1_003; i++) {
      out.println(i);
    }
    lines.to(reader);
    out.println("now");

    assertThat(reader.heard).hasSize(1_002);
    assertThat(reader.heard).startsWith("info System.out: 1", "info System.out: 2");
    assertThat(reader.heard)
        .endsWith("warn System.err: 3 lines of output were lost here", "info System.out: now");
  }

  @Test
  void whatNoLinkHasTakenIsSaidWhenAllEnds() {
    lines.to(reader);
    reader.ended.complete("gone");
    out.println("one");
    out.print("two");

    lines.end();

    assertThat(last.toString(StandardCharsets.UTF_8)).isEqualToNormalizingNewlines("one\ntwo\n");
  }

  @Test
  void whatIsPrintedBehindTheEndIsSaidAtOnce() {
    lines.to(reader);
    lines.end();
    out.println("still heard");
    reader.ended.complete("gone");
    out.println("said");

    assertThat(reader.heard).containsExactly("info System.out: still heard");
    assertThat(last.toString(StandardCharsets.UTF_8)).isEqualToNormalizingNewlines("said\n");
  }

  @Test
  void aLineThatIsLongUnderWayHoldsUpNoOtherStream() throws InterruptedException {
    var slow = new CountDownLatch(1);
    var entered = new CountDownLatch(1);
    lines.to(
        new Reader(reader.heard, new CompletableFuture<>()) {
          @Override
          public Delivery log(String level, String logger, String message) {
            if (message.equals("slow")) {
              entered.countDown();
              await(slow);
            }
            return super.log(level, logger, message);
          }
        });
    Thread printing = Thread.ofPlatform().start(() -> out.println("slow"));
    entered.await();

    lines.terminal().err().println("quick");

    assertThat(reader.heard).containsExactly("warn System.err: quick");
    slow.countDown();
    printing.join();
    assertThat(reader.heard).endsWith("info System.out: slow");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The program, as far as it listens. */
  private static class Reader implements NodeProvider.Linked {
    final List<String> heard;
    final CompletableFuture<String> ended;

    Reader(List<String> heard, CompletableFuture<String> ended) {
      this.heard = heard;
      this.ended = ended;
    }

    @Override
    public CompletableFuture<String> ended() {
      return ended.copy();
    }

    @Override
    public Delivery log(String level, String logger, String message) {
      heard.add(level + " " + logger + ": " + message);
      return Delivery.QUEUED;
    }

    @Override
    public CompletableFuture<NodeProvider.Started> started() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> stopNode() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close(String why) {}
  }
}
