package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.topic.TopicFrame;
import dev.runar.internal.protocol.topic.TopicWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where one client of {@code /topics} is present, and whom it finds there. Lane's thread only. */
final class TopicPresence {
  private final ClientSession session;
  private final ClientSetting clients;
  private final Map<String, Attendance> present = new HashMap<>(0);

  TopicPresence(ClientSession session, ClientSetting clients) {
    this.session = session;
    this.clients = clients;
  }

  /**
   * It is about to subscribe to a topic; {@link #tellJoined} is to follow.
   *
   * @param known null: it has not said who it is
   * @throws RunarException {@code OVERLOADED} if the channel has no room for one more client
   */
  void enter(String topic, @Nullable Client known) {
    if (present.containsKey(topic)) {
      return;
    }
    Client who = known == null ? new Client("", session.id(), null) : known;
    Attendance coming = Attendance.of(session, clients, topic, who);
    if (!coming.rule().presence() && !coming.rule().joinLeave()) {
      return;
    }
    if (!coming.enter()) {
      throw new RunarException(Code.OVERLOADED, topic + " has no room for one more client");
    }
    present.put(topic, coming);
  }

  /** The others are told of it, if they were not before. */
  void tellJoined(String topic) {
    Attendance come = present.get(topic);
    if (come != null) {
      come.tellJoined();
    }
  }

  void leave(String topic) {
    Attendance left = present.remove(topic);
    if (left != null) {
      left.leave();
    }
  }

  void leaveAll() {
    present.values().forEach(Attendance::leave);
    present.clear();
  }

  /**
   * Says who is there.
   *
   * @throws RunarException {@code NOT_FOUND} for a topic whose rule has no presence, {@code
   *     OVERLOADED} if the answer has no room beside what waits for the client
   */
  void tellMembers(String topic, String id) {
    if (!session.broker().rule(topic).presence()) {
      throw new RunarException(Code.NOT_FOUND, "the rule of " + topic + " has no presence");
    }
    var there = List.copyOf(clients.presence().clients(topic).values());
    AnswerRoom.reply(session, TopicWriter.write(new TopicFrame.Members(there, id)));
  }
}
