package dev.runar.internal.broker;

import static dev.runar.internal.broker.Heartbeat.Wanted.CLOSE;
import static dev.runar.internal.broker.Heartbeat.Wanted.NOTHING;
import static dev.runar.internal.broker.Heartbeat.Wanted.PING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.internal.broker.Heartbeat.Wanted;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a silent client is asked, and when it is given up, on a clock that the test moves. */
@Timeout(30)
class HeartbeatTest {
  private static final Patience USUAL = Patience.of(BrokerOptions.of(NodeConfig.DEFAULT));

  private long now;
  private final Heartbeat heartbeat = new Heartbeat(0, USUAL);

  private Wanted at(double seconds) {
    now = (long) (seconds * 1e9);
    return heartbeat.look(now);
  }

  private void heardAt(double seconds) {
    heartbeat.heard((long) (seconds * 1e9));
  }

  @Test
  void aDeadPeerIsAskedAfter25SecondsAndFoundWithin8More() {
    var wanted = new TreeMap<Integer, Wanted>();
    for (int second = 1; second <= 34; second++) {
      Wanted one = at(second);
      if (one != NOTHING) {
        wanted.put(second, one);
      }
    }
    assertThat(wanted).hasSize(2).containsEntry(25, PING).containsEntry(34, CLOSE);
    assertThat(Duration.ofNanos(USUAL.closeNanos())).isEqualTo(Duration.ofSeconds(33));
  }

  @Test
  void whoAnswersIsAskedAgainAndNeverClosed() {
    for (int second = 1; second <= 600; second++) {
      Wanted wanted = at(second);
      assertThat(wanted).isNotEqualTo(CLOSE);
      if (wanted == PING) {
        heardAt(second + 0.5);
      }
    }
  }

  @Test
  void anAnswerInTheLastMomentCounts() {
    assertThat(at(25)).isEqualTo(PING);
    heardAt(32.9);
    assertThat(at(33.1)).isEqualTo(NOTHING);
    assertThat(at(58)).isEqualTo(PING);
    assertThat(at(66.1)).isEqualTo(CLOSE);
  }

  /** A machine that slept must not find all its clients dead. */
  @Test
  void whoWasNotAskedIsAskedFirstHoweverLateItIs() {
    assertThat(at(300)).isEqualTo(PING);
    assertThat(at(307)).isEqualTo(NOTHING);
    assertThat(at(308)).isEqualTo(CLOSE);
  }

  @Test
  void aSilenceOfOursIsNoneOfTheClients() {
    assertThat(at(25)).isEqualTo(PING);
    heartbeat.excuse((long) 40e9);
    assertThat(at(64)).isEqualTo(NOTHING);
    assertThat(at(65)).as("it is asked anew").isEqualTo(PING);
    assertThat(at(74)).isEqualTo(CLOSE);
  }

  /** It has more in front of the ping than it can read in time, and reads. */
  @Test
  void whoTakesWhatWaitsForItIsThere() {
    var connection = new FakeConnection();
    connection.slow = true;
    connection.writeText(new byte[50_000]);
    for (int second = 1; second <= 120; second++) {
      connection.taken += second % 8 == 0 ? 1_000 : 0;
      assertThat(heartbeat.isBorne(second * 1_000_000_000L, false, connection)).isTrue();
    }
    boolean isBorne = true;
    int second = 120;
    while (isBorne) { // and now it takes nothing any more
      isBorne = heartbeat.isBorne(++second * 1_000_000_000L, false, connection);
    }
    assertThat(second).isEqualTo(154);
  }

  @Test
  void regularPingsDoNotProlongASilence() {
    Patience regular =
        Patience.regular(
            WireMessage.text(new byte[] {'{', '}'}),
            Duration.ofSeconds(25),
            Duration.ofSeconds(8),
            3012,
            "no pong");
    var asked = new Heartbeat(0, regular);
    long closedAt = 0;
    for (int tenths = 1; closedAt == 0; tenths++) {
      if (tenths == 100) {
        asked.heard(10_000_000_000L);
      }
      if (asked.look(tenths * 100_000_000L) == CLOSE) {
        closedAt = tenths;
      }
    }
    assertThat(closedAt).isBetween(431L, 440L);
  }
}
