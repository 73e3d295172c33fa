package dev.runar.internal.broker.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.internal.protocol.pusher.MemberText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PresenceTest {
  private final Presence presence = new Presence();

  private static MemberText member(String userId) {
    return new MemberText(userId, Payload.json("\"" + userId + "\""));
  }

  @Test
  void p31TheListHoldsEveryUserOnce() {
    presence.enter(member("a"));
    presence.enter(member("b"));
    presence.enter(member("a"));
    assertThat(presence.list("presence-x").text())
        .contains("\\\"ids\\\":[\\\"a\\\",\\\"b\\\"]")
        .contains("\\\"hash\\\":{\\\"a\\\":\\\"a\\\",\\\"b\\\":\\\"b\\\"}")
        .contains("\\\"count\\\":2");
    assertThat(presence.users()).containsExactly("a", "b");
  }

  @Test
  void theListIsWrittenAnewOnlyWhenSomebodyComesOrGoes() {
    presence.enter(member("a"));
    Payload first = presence.list("presence-x");
    presence.enter(member("a"));
    presence.leave("a");
    assertThat(presence.list("presence-x")).isSameAs(first);
    presence.enter(member("b"));
    Payload second = presence.list("presence-x");
    assertThat(second.text()).contains("[\\\"a\\\",\\\"b\\\"]");
    presence.leave("a");
    assertThat(presence.list("presence-x").text()).contains("[\\\"b\\\"]");
  }

  @Test
  void p32p33OnlyTheFirstAndTheLastConnectionOfAUserCount() {
    assertThat(presence.enter(member("a"))).isTrue();
    assertThat(presence.enter(member("a"))).isFalse();
    assertThat(presence.leave("a")).isEmpty();
    assertThat(presence.leave("a")).map(MemberText::userId).contains("a");
    assertThat(presence.leave("a")).isEmpty();
    assertThat(presence.size()).isZero();
    assertThat(presence.enter(member("a"))).isTrue();
  }

  @Test
  void p36ThereIsRoomForUsersNotForConnections() {
    presence.enter(member("a"));
    presence.enter(member("b"));
    assertThat(presence.hasRoomFor("c", 2)).isFalse();
    assertThat(presence.hasRoomFor("a", 2)).isTrue();
    presence.leave("b");
    assertThat(presence.hasRoomFor("c", 2)).isTrue();
  }

  @Test
  void whatIsKnownOfAUserCameWithTheFirstConnection() {
    presence.enter(new MemberText("a", Payload.json("1")));
    presence.enter(new MemberText("a", Payload.json("2")));
    assertThat(presence.list("presence-x").text()).contains("{\\\"a\\\":1}");
  }
}
