package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.channels.FullPolicy;
import dev.runar.channels.OfflineOptions;
import dev.runar.internal.broker.offline.QueueKey;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.internal.protocol.topic.TopicFrame;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of channels that spill for clients that read too slowly. */
@Timeout(60)
class SpillTest extends SpillFixture {
  @Test
  void whatASlowClientHasNoRoomForComesAsMessagesWhenItReads_S4_7() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(8);
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    assertThat(phone.connection.closeCode).isZero();
    assertThat(phone.connection.pendingBytes()).isLessThan(5_000);

    world.reads(phone);
    List<String> got = phone.got();
    assertThat(brief(got)).containsExactly("m5", "m6", "m7", "m8", "live9");
    world.publish(1);
    assertThat(brief(phone.got())).containsExactly("9");
    assertThat(world.spilled()).isEqualTo(4);

    phone.says("{\"ack\":" + ids(got) + ",\"group\":\"t\"}");
    store.acknowledgeAll();
    world.settle();
    assertThat(phone.got()).singleElement().asString().contains("\"level\":\"MEMORY\"");
    assertThat(world.queues.holding().messages()).isZero();
  }

  /** It passes as a whole where nothing waits, and takes more room than there is. */
  @Test
  void aBurstLargerThanTheBudgetDisconnectsNobody() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publishAtOnce(20);
    assertThat(phone.connection.pendingBytes()).isGreaterThan(20_000);
    world.publish(1);
    assertThat(phone.connection.closeCode).isZero();
    assertThat(brief(phone.got())).hasSize(20).last().isEqualTo("20");

    world.reads(phone);
    assertThat(brief(phone.got())).containsExactly("spilled21", "m21", "live22");
    assertThat(phone.connection.closeCode).isZero();
  }

  @Test
  void aMessageSaysWhichPublicationItIsWhenItIsGivenForTheFirstTime() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(5);
    world.reads(phone);
    List<String> got = phone.got();
    String message =
        "{\"message\":{\"group\":\"t\",\"id\":" + ids(got).getFirst() + ",\"data\":\"5\",";
    assertThat(got.stream().map(frame -> frame.replace(KILOBYTE, "")))
        .contains(message + "\"deliveries\":1,\"redelivered\":false,\"offset\":5}}");

    phone.says("{\"unacked\":\"t\"}"); // nobody knows any more what was spilled
    world.settle();
    assertThat(phone.got().stream().map(frame -> frame.replace(KILOBYTE, "")))
        .contains(message + "\"deliveries\":2,\"redelivered\":true}}");
  }

  @Test
  void whatIsPublishedMeanwhileStaysBehind() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(6);
    phone.connection.slow = false;
    world.simulation.on(0, phone.connection::read); // there is room again
    world.publish(1);
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    world.reads(phone);
    assertThat(brief(phone.got())).containsExactly("m5", "m6", "m7", "live8");
  }

  @Test
  void aClientThatCannotComeBackIsDisconnected() {
    for (String connect : List.of("", "{\"client\":\"phone\"}", "{\"token\":\"ann\"}")) {
      World world = world();
      var client = world.open(connect);
      client.connection.slow = true;
      world.publish(20);
      assertThat(client.connection.closeCode).as(connect).isEqualTo(CloseCode.SLOW);
      assertThat(world.spilled()).isZero();
    }
  }

  @Test
  void whatTheQueueRefusesIsAGap() {
    World world = new World(OfflineOptions.DEFAULT.holding(2, 1 << 20, FullPolicy.REFUSE_NEW));
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(100);
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    world.reads(phone);
    assertThat(brief(phone.got())).containsExactly("m5", "m6", "gap7-100", "live101");
    assertThat(world.simulation.broker.stats().snapshot().droppedForSlow()).isEqualTo(94);
  }

  @Test
  void whatTheLaneMissedKeepsItsPlaceAmongTheMessages() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(6);
    world.simulation.on(0, () -> phone.session.gap("t", 7, 9));
    world.reads(phone);
    assertThat(brief(phone.got()))
        .containsExactly("1", "2", "3", "4", "spilled5", "m5", "m6", "gap7-9", "live10");
  }

  @Test
  void whatGivesWayInTheQueueIsAGap() {
    World world = new World(OfflineOptions.DEFAULT.holding(2, 1 << 20, FullPolicy.DROP_OLDEST));
    var phone = world.phone();
    phone.connection.slow = true;
    for (int i = 0; i < 50; i++) {
      world.publish(2);
      store.acknowledgeAll();
      world.settle();
    }
    assertThat(brief(phone.got())).containsExactly("1", "2", "3", "4", "spilled5");
    world.reads(phone);
    assertThat(brief(phone.got())) // two had been read for it before they gave way
        .containsExactly("m5", "m6", "gap7-98", "m99", "m100", "live101");
  }

  @Test
  void aSessionThatEndsFindsItsMessagesAgain() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(7);
    store.acknowledgeAll();
    world.settle();
    world.simulation.on(0, () -> phone.session.closedByPeer(1006, ""));
    world.publish(1); // it is not there any more

    var next = world.open("{\"token\":\"ann\",\"client\":\"phone\"}");
    next.says("{\"unacked\":\"t\"}");
    world.reads(next);
    assertThat(brief(next.got()))
        .containsExactly("{\"unacked\":\"t\",\"waiting\":3}", "m5", "m6", "m7");
  }

  /** What was read for it may arrive when it has ended, and tell of a gap. */
  @Test
  void aSessionThatHasEndedTakesTheQueueFromNobody() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(7);
    store.acknowledgeAll();
    world.settle();
    Inbox ended = Objects.requireNonNull(phone.session.inbox());
    world.simulation.on(0, () -> phone.session.closedByPeer(1006, ""));
    var next = world.open("{\"token\":\"ann\",\"client\":\"phone\"}");
    next.says("{\"unacked\":\"t\"}");

    world.simulation.on(0, () -> ended.say("t", new TopicFrame.Gap("t", 5, 6)));
    world.reads(next);
    assertThat(brief(next.got()))
        .containsExactly("{\"unacked\":\"t\",\"waiting\":3}", "m5", "m6", "m7");
  }

  @Test
  void whoseQueueAnotherTakesIsDisconnected() {
    World world = world();
    var phone = world.phone();
    phone.connection.slow = true;
    world.publish(7);
    var newer = world.phone();
    newer.says("{\"unacked\":\"t\"}");
    world.settle();
    assertThat(phone.connection.closeCode).isEqualTo(CloseCode.SLOW);
  }

  @Test
  void aClientThatReadsItsMessagesAnywayHasThemOnce() {
    World world = world();
    var key = new QueueKey("t", "ann", "phone");
    var _ = world.queues.join(key);
    var _ = world.queues.offer(key, Payload.of("0" + KILOBYTE));
    store.acknowledgeAll();
    var phone = world.phone();
    phone.says("{\"unacked\":\"t\"}");
    world.settle();
    assertThat(brief(phone.got())).containsExactly("{\"unacked\":\"t\",\"waiting\":1}", "m0");
    phone.connection.slow = true;
    world.publish(6);
    world.reads(phone);
    assertThat(brief(phone.got()))
        .containsExactly("1", "2", "3", "4", "spilled5", "m5", "m6", "live7");
  }

  @Test
  void whoWantedThemOnlyOnceGetsTheRestAllTheSame() {
    World world = world();
    var key = new QueueKey("t", "ann", "phone");
    var _ = world.queues.join(key);
    var _ = world.queues.offer(key, Payload.of("0" + KILOBYTE));
    store.acknowledgeAll();
    var phone = world.phone();
    phone.connection.slow = true;
    phone.says("{\"unacked\":\"t\",\"live\":false}");
    world.publish(6);
    world.reads(phone);
    assertThat(brief(phone.got())).contains("spilled5", "m0", "m5", "m6", "live7");
    assertThat(phone.connection.closeCode).isZero();
  }
}
