package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.internal.host.LastWords;
import dev.runar.internal.host.Links.Posted;
import dev.runar.internal.host.Links.Room;
import dev.runar.internal.host.TestLinks;
import dev.runar.internal.host.Unspeakable;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AddonTransportTest {
  private static final long HANDLE = 65_537;
  private static final int EIGHT_MIB = 8 << 20;

  private final TestLinks links = new TestLinks();
  private final AddonTransport transport = new AddonTransport(links, HANDLE);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  /** Where the slow one of the frames waits. */
  private final CountDownLatch slow = new CountDownLatch(1);

  /** Reads frames as a link does, and is slow to configure. */
  private final class Receiver implements LinkTransport.Receiver {
    private final FrameReader reader = new FrameReader(this::frame);

    private void frame(Frame frame) {
      if (frame.kind() == FrameKind.CONFIGURE) {
        await(slow);
      }
      told.add(frame.kind() + " " + (Thread.currentThread().equals(pump) ? "pump" : "other"));
    }

    @Override
    public void onBytes(byte[] bytes, int offset, int length) {
      reader.read(bytes, offset, length);
    }

    @Override
    public void onRoom() {
      told.add("room");
    }

    @Override
    public void onClosed(String why) {
      told.add("closed: " + why);
    }
  }

  private volatile @Nullable Thread pump;

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the pump gives: a header, then whole frames. */
  private void take(FrameKind... kinds) {
    pump = Thread.currentThread();
    var batch = new ByteArrayOutputStream();
    batch.writeBytes(new byte[9]);
    for (FrameKind kind : kinds) {
      batch.writeBytes(FrameCodec.encode(Frame.headed(kind, 1, Payload.object("a", 1))));
    }
    transport.taken(batch.toByteArray(), 9);
  }

  private String next() throws InterruptedException {
    return told.poll(10, TimeUnit.SECONDS);
  }

  @BeforeEach
  void start() {
    transport.start(new Receiver());
  }

  @Test
  void framesAreWorkedOnAtOnceOnThePump() {
    take(FrameKind.REQUEST, FrameKind.RESULT);

    assertThat(told).containsExactly("REQUEST pump", "RESULT pump");
  }

  @Test
  void whatIsSlowHasAThreadOfItsOwnAndSoHasWhatComesBehindIt() throws InterruptedException {
    take(FrameKind.REQUEST, FrameKind.CONFIGURE);
    take(FrameKind.PUBLISH);
    transport.gone();
    transport.room();
    assertThat(next()).isIn("REQUEST other", "room");
    slow.countDown();
    List<String> rest =
        List.of(next(), next(), next(), next()).stream()
            .filter(each -> !each.equals("room") && !each.startsWith("REQUEST"))
            .toList();
    assertThat(rest)
        .containsExactly(
            "CONFIGURE other", "PUBLISH other", "closed: its end of the link was closed");
  }

  @Test
  void afterwardsThePumpWorksAgain() throws InterruptedException {
    slow.countDown();
    take(FrameKind.CONFIGURE);
    assertThat(next()).isEqualTo("CONFIGURE other");

    String who;
    do { // the thread of its own ends a moment after its last frame
      take(FrameKind.REQUEST);
      who = next();
    } while ("REQUEST other".equals(who));

    assertThat(who).isEqualTo("REQUEST pump");
  }

  @Test
  void aNodeThatCannotBeOpenedEndsTheLinkAndSaysSo() throws InterruptedException {
    transport.begin(
        () -> {
          throw new NoClassDefFoundError("shop/Orders");
        });

    assertThat(next())
        .isEqualTo(
            "closed: the node could not be opened: java.lang.NoClassDefFoundError: shop/Orders");
    links.awaitClosed(HANDLE);
    var unopened = new AddonTransport(links, HANDLE + 1); // which has no link yet
    unopened.begin(
        () -> {
          throw new IllegalStateException("broken");
        });
    links.awaitClosed(HANDLE + 1);
    assertThat(links.closed).containsExactly(HANDLE, HANDLE + 1);
    assertThat(links.posts)
        .containsExactly(
            new TestLinks.Post(
                HANDLE, fatal("java.lang.NoClassDefFoundError: shop/Orders"), Room.RESERVED),
            new TestLinks.Post(
                HANDLE + 1, fatal("java.lang.IllegalStateException: broken"), Room.RESERVED));
  }

  @Test
  void withoutMemoryForWordsTheLinkEndsAllTheSame() throws InterruptedException {
    transport.begin(
        () -> {
          throw new Unspeakable();
        });

    assertThat(next()).isEqualTo("closed: " + LastWords.NO_MEMORY);
    links.awaitClosed(HANDLE);
    assertThat(links.posts)
        .containsExactly(new TestLinks.Post(HANDLE, fatalOf(LastWords.NO_MEMORY), Room.RESERVED));
  }

  private static int fatal(String why) {
    return fatalOf("the node could not be opened: " + why);
  }

  private static int fatalOf(String why) {
    Payload head = Payload.object("message", why);
    return FrameCodec.encode(Frame.headed(FrameKind.FATAL, 0, head)).length;
  }

  @Test
  void whatIsNoFrameGoesToWhoeverReadsFrames() throws InterruptedException {
    transport.taken(new byte[64], 9);

    String why = next();
    assertThat(why).contains("closed: the link has failed").contains("a frame has 4 bytes");
    links.awaitClosed(HANDLE);
    int told = fatalOf(why.substring("closed: ".length()));
    assertThat(links.posts).containsExactly(new TestLinks.Post(HANDLE, told, Room.RESERVED));
  }

  @Test
  void aBatchThatOrdinaryRoomCouldNeverTakeHasTheReservedOne() {
    transport.post(new byte[EIGHT_MIB], 0, EIGHT_MIB - 4);
    transport.post(new byte[EIGHT_MIB], 0, EIGHT_MIB - 3);

    assertThat(links.posts)
        .containsExactly(
            new TestLinks.Post(HANDLE, EIGHT_MIB - 4, Room.ORDINARY),
            new TestLinks.Post(HANDLE, EIGHT_MIB - 3, Room.RESERVED));
  }

  @Test
  void everyAnswerOfTheAddonIsOneOfTheLink() throws InterruptedException {
    links.answers.addAll(
        List.of(Posted.FULL, Posted.CLOSED, Posted.NO_MEMORY, Posted.TOO_LARGE, Posted.QUEUED));

    assertThat(transport.post(new byte[1], 0, 1)).isEqualTo(Delivery.FULL);
    assertThat(transport.post(new byte[1], 0, 1)).isEqualTo(Delivery.CLOSED);
    assertThat(told).isEmpty();
    assertThat(transport.post(new byte[1], 0, 1)).isEqualTo(Delivery.FULL);
    assertThat(next()).isEqualTo("room"); // nobody else would say so
    assertThat(transport.post(new byte[1], 0, 1)).isEqualTo(Delivery.CLOSED);
    assertThat(next()).isEqualTo("closed: a batch of 1 bytes is too large for the addon");
    assertThat(transport.post(new byte[1], 0, 1)).isEqualTo(Delivery.QUEUED);
  }

  @Test
  void whoClosesTellsTheAddon() {
    transport.close();

    assertThat(links.closed).containsExactly(HANDLE);
  }

  @Test
  void withoutThePumpTheLinkIsOver() throws InterruptedException {
    transport.failed("out of memory");

    assertThat(next()).isEqualTo("closed: the pump has failed: out of memory");
  }
}
