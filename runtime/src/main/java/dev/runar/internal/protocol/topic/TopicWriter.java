package dev.runar.internal.protocol.topic;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.PublicError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the frames of {@code /topics} as UTF-8 JSON text. Stateless; any thread. */
public final class TopicWriter {
  private static final byte[] DATA = ascii(",\"data\":");
  private static final byte[] BYTES = ascii(",\"bytes\":\"");
  private static final byte[] OFFSET = ascii(",\"offset\":");
  private static final byte[] NUMBER = ascii(",\"number\":");

  private TopicWriter() {}

  /** The beginning of every publication on a topic; made once per channel. */
  public static byte[] head(String topic) {
    return new JsonBytes(topic.length() + 16).ascii("{\"topic\":").string(topic).done();
  }

  /** One publication; JSON and RICH payloads go as their text, bytes as base64. */
  public static byte[] publication(byte[] head, long offset, Payload payload) {
    var json = new JsonBytes(head.length + payload.size() + 32).raw(head);
    if (payload.kind() == Payload.Kind.BYTES) {
      json.raw(BYTES).raw(Base64.getEncoder().encode(payload.encoded())).ascii("\"");
    } else {
      json.raw(DATA).raw(payload.encoded());
    }
    return json.raw(OFFSET).number(offset).ascii("}").done();
  }

  private static byte[] page(TopicFrame.Page page) {
    var json = new JsonBytes(1_024).ascii("{\"history\":[");
    String separator = "{";
    for (TopicFrame.Past past : page.history()) {
      Payload payload = past.payload();
      json.ascii(separator);
      if (payload.kind() == Payload.Kind.BYTES) {
        json.ascii("\"bytes\":\"").raw(Base64.getEncoder().encode(payload.encoded())).ascii("\"");
      } else {
        json.ascii("\"data\":").raw(payload.encoded());
      }
      json.raw(OFFSET).number(past.offset()).ascii("}");
      separator = ",{";
    }
    json.ascii("]").raw(OFFSET).number(page.offset()).ascii(",\"epoch\":").string(page.epoch());
    return end(json, page.id());
  }

  private static byte[] gap(TopicFrame.Gap gap) {
    var json = new JsonBytes(96).ascii("{\"gap\":{\"topic\":").string(gap.topic());
    json.ascii(",\"from\":").number(gap.from()).ascii(",\"to\":").number(gap.to());
    return json.ascii("}}").done();
  }

  private static JsonBytes ofGroup(String group) {
    return new JsonBytes(64).ascii("{\"unacked\":").string(group);
  }

  private static byte[] acked(TopicFrame.Acked frame) {
    var json = new JsonBytes(64 + 8 * frame.acked().size()).ascii("{\"acked\":");
    json.ascii(numbers(frame.acked())).ascii(",\"unknown\":").ascii(numbers(frame.unknown()));
    return end(json.ascii(",\"level\":").string(frame.level()), frame.id());
  }

  private static String numbers(List<Long> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }

  private static byte[] at(String what, String topic, long from) {
    var json = new JsonBytes(96).ascii("{\"" + what + "\":{\"topic\":").string(topic);
    return json.ascii(",\"from\":").number(from).ascii("}}").done();
  }

  /** What has become of a topic: {@code {"appeared":T}}. */
  public static byte[] news(String what, String topic) {
    return new JsonBytes(64).ascii("{\"" + what + "\":").string(topic).ascii("}").done();
  }

  /** What stands for a topic in front of packets. */
  public static byte[] name(String topic, long number) {
    return new JsonBytes(64)
        .ascii("{\"topic\":")
        .string(topic)
        .raw(NUMBER)
        .number(number)
        .ascii("}")
        .done();
  }

  /** Any other frame. */
  public static byte[] write(TopicFrame.Outbound frame) {
    return switch (frame) {
      case TopicFrame.Connected connected -> connected(connected);
      case TopicFrame.Subscribed subscribed -> subscribed(subscribed);
      case TopicFrame.Page page -> page(page);
      case TopicFrame.Gap gap -> gap(gap);
      case TopicFrame.Unacked(var group, var waiting, var id) ->
          end(ofGroup(group).ascii(",\"waiting\":").number(waiting), id);
      case TopicFrame.Ended(var group, var why) ->
          ofGroup(group).ascii(",\"ended\":").string(why).ascii("}").done();
      case TopicFrame.Acked acked -> acked(acked);
      case TopicFrame.Nacked(var message, var refusals, var id) ->
          end(
              new JsonBytes(64)
                  .ascii("{\"nacked\":")
                  .number(message)
                  .ascii(",\"refusals\":")
                  .number(refusals),
              id);
      case TopicFrame.Spilled(var topic, var from) -> at("spilled", topic, from);
      case TopicFrame.Live(var topic, var from) -> at("live", topic, from);
      case TopicFrame.Unsubscribed(var pattern, var id) ->
          end(new JsonBytes(64).ascii("{\"unsubscribed\":").string(pattern), id);
      case TopicFrame.Producing(var topic, var number, var id) ->
          end(
              new JsonBytes(64).ascii("{\"producing\":").string(topic).raw(NUMBER).number(number),
              id);
      case TopicFrame.Published published -> published(published);
      case TopicFrame.Result(var id, var result) -> result(id, result);
      case TopicFrame.Failed(var error, var id) -> failed(error, id);
      case TopicFrame.Members(var members, var id) -> members(members, id);
      case TopicFrame.MemberNews(var hasJoined, var topic, var member) ->
          new JsonBytes(128)
              .ascii(hasJoined ? "{\"joined\":" : "{\"left\":")
              .string(topic)
              .ascii(",\"member\":")
              .raw(member(member))
              .ascii("}")
              .done();
      case TopicFrame.Topics(var topics, var id) -> topics(topics, id);
      case TopicFrame.Pong(var echo) ->
          new JsonBytes(echo.size() + 16).ascii("{\"pong\":").raw(echo.encoded()).ascii("}").done();
    };
  }

  /** The topics as a JSON array, which is also the answer to a plain HTTP GET. */
  public static byte[] topicArray(List<String> topics) {
    var json = new JsonBytes(32 * topics.size() + 16).ascii("[");
    for (int i = 0; i < topics.size(); i++) {
      json.ascii(i == 0 ? "" : ",").string(topics.get(i));
    }
    return json.ascii("]").done();
  }

  private static byte[] connected(TopicFrame.Connected frame) {
    var json = new JsonBytes(128).ascii("{\"connected\":{\"session\":").string(frame.session());
    json.ascii(",\"user\":").string(frame.user()).ascii(",\"client\":").string(frame.client());
    if (frame.ttl() > 0) {
      json.ascii(",\"expires\":").number(frame.ttl());
    }
    return end(json.ascii("}"), frame.id());
  }

  private static byte[] subscribed(TopicFrame.Subscribed frame) {
    var json = new JsonBytes(96).ascii("{\"subscribed\":").string(frame.pattern());
    if (frame.offset() >= 0) {
      json.raw(OFFSET).number(frame.offset()).ascii(",\"epoch\":").string(frame.epoch());
    }
    if (frame.number() >= 0) {
      json.raw(NUMBER).number(frame.number());
    }
    if (frame.recovered() != null) {
      json.ascii(",\"recovered\":").ascii(frame.recovered().toString());
    }
    return end(json, frame.id());
  }

  private static byte[] published(TopicFrame.Published frame) {
    var json = new JsonBytes(128).ascii("{\"published\":").string(frame.topic());
    json.ascii(",\"id\":").json(frame.id());
    json.ascii(",\"matched\":").number(frame.matched());
    json.ascii(",\"queued\":").number(frame.queued());
    json.ascii(",\"refused\":").number(frame.refused());
    return json.ascii(",\"clients\":").number(frame.clients()).ascii("}").done();
  }

  private static byte[] result(String id, Payload result) {
    var json = new JsonBytes(result.size() + id.length() + 32).ascii("{\"id\":").json(id);
    if (result.kind() == Payload.Kind.BYTES) {
      json.raw(BYTES).raw(Base64.getEncoder().encode(result.encoded())).ascii("\"");
    } else {
      json.ascii(",\"result\":").raw(result.encoded());
    }
    return json.ascii("}").done();
  }

  private static byte[] failed(PublicError error, @Nullable String id) {
    var json = new JsonBytes(128).ascii("{\"error\":{\"code\":").string(error.code().name());
    json.ascii(",\"message\":").string(error.message());
    if (error.name() != null) {
      json.ascii(",\"name\":").string(error.name());
    }
    if (error.data() != null) {
      json.raw(DATA).raw(error.data().encoded());
    }
    return end(json.ascii("}"), id);
  }

  private static byte[] members(List<Client> members, String id) {
    var json = new JsonBytes(64 * members.size() + 32).ascii("{\"presence\":[");
    String separator = "";
    for (Client each : members) {
      json.ascii(separator).raw(member(each));
      separator = ",";
    }
    return end(json.ascii("]"), id);
  }

  private static byte[] member(Client who) {
    Payload info = who.info();
    JsonBytes json = who.names(info == null ? 2 : info.size() + 16);
    if (info != null) {
      json.ascii(",\"info\":").raw(info.encoded());
    }
    return json.ascii("}").done();
  }

  private static byte[] topics(List<String> topics, @Nullable String id) {
    return end(new JsonBytes(256).ascii("{\"topics\":").raw(topicArray(topics)), id);
  }

  private static byte[] end(JsonBytes json, @Nullable String id) {
    if (id != null) {
      json.ascii(",\"id\":").json(id);
    }
    return json.ascii("}").done();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
