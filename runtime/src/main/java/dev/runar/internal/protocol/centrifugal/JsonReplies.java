package dev.runar.internal.protocol.centrifugal;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import dev.runar.internal.protocol.Client;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the node says as JSON objects, each on a line of its own. Stateless; any thread.
 *
 * <p>What is empty, zero or false is left out, as readers of the protocol expect.
 */
public final class JsonReplies {
  /** Asks a client whether it is there. */
  public static final String PING = "{}";

  private JsonReplies() {}

  /** The beginning of every publication on a channel; made once per channel. */
  public static byte[] head(String channel) {
    return pushTo(channel).ascii(",\"pub\":").done();
  }

  /** One publication. */
  public static byte[] publication(byte[] head, long offset, Payload payload) {
    var json = new JsonBytes(head.length + payload.size() + 48).raw(head);
    return past(json, offset, payload).ascii("}}").done();
  }

  /** A message to one session that is of no channel. */
  public static byte[] message(Payload payload) {
    var json = new JsonBytes(payload.size() + 40).ascii("{\"push\":{\"message\":{\"data\":");
    return json.raw(data(payload)).ascii("}}}").done();
  }

  /** Any other reply. */
  public static byte[] write(CentrifugalReply reply) {
    return switch (reply) {
      case CentrifugalReply.Answer answer -> answer(answer);
      case CentrifugalReply.Push push -> push(push);
      case CentrifugalReply.Disconnected(var code, var reason) ->
          new JsonBytes(reason.length() + 64)
              .ascii("{\"push\":{\"disconnect\":{\"code\":")
              .number(code)
              .ascii(",\"reason\":")
              .string(reason)
              .ascii("}}}")
              .done();
    };
  }

  private static byte[] answer(CentrifugalReply.Answer answer) {
    var json = new JsonBytes(96).ascii("{\"id\":").number(answer.id());
    return switch (answer) {
      case CentrifugalReply.Failed failed -> failed(json, failed);
      case CentrifugalReply.Connected connected -> connected(json, connected);
      case CentrifugalReply.Subscribed(var id, var granted) ->
          granted(json.ascii(",\"subscribe\":"), granted).ascii("}").done();
      case CentrifugalReply.Unsubscribed(var id) -> json.ascii(",\"unsubscribe\":{}}").done();
      case CentrifugalReply.Published(var id) -> json.ascii(",\"publish\":{}}").done();
      case CentrifugalReply.Presence(var id, var clients) -> presence(json, clients);
      case CentrifugalReply.PresenceStats(var id, var clients, var users) ->
          json.ascii(",\"presence_stats\":{\"num_clients\":")
              .number(clients)
              .ascii(",\"num_users\":")
              .number(users)
              .ascii("}}")
              .done();
      case CentrifugalReply.History(var id, var publications, var position) ->
          position(pasts(json.ascii(",\"history\":{"), publications).ascii(","), position)
              .ascii("}}")
              .done();
      case CentrifugalReply.Result(var id, var data) ->
          json.ascii(",\"rpc\":{\"data\":").raw(data(data)).ascii("}}").done();
      case CentrifugalReply.Refreshed(var id, var client, var ttl) ->
          expiry(json.ascii(",\"refresh\":{\"client\":").string(client), ttl).ascii("}}").done();
      case CentrifugalReply.SubRefreshed(var id, var ttl) ->
          json.ascii(",\"sub_refresh\":{")
              .ascii(ttl == 0 ? "" : "\"expires\":true,\"ttl\":" + ttl)
              .ascii("}}")
              .done();
    };
  }

  private static byte[] push(CentrifugalReply.Push push) {
    JsonBytes json = pushTo(push.channel());
    return switch (push) {
      case CentrifugalReply.Joined(var channel, var who) ->
          client(json.ascii(",\"join\":{\"info\":"), who).ascii("}}}").done();
      case CentrifugalReply.Left(var channel, var who) ->
          client(json.ascii(",\"leave\":{\"info\":"), who).ascii("}}}").done();
      case CentrifugalReply.Ended(var channel, var code, var reason) ->
          json.ascii(",\"unsubscribe\":{\"code\":")
              .number(code)
              .ascii(",\"reason\":")
              .string(reason)
              .ascii("}}}")
              .done();
    };
  }

  private static JsonBytes pushTo(String channel) {
    return new JsonBytes(channel.length() + 32).ascii("{\"push\":{\"channel\":").string(channel);
  }

  private static byte[] failed(JsonBytes json, CentrifugalReply.Failed failed) {
    json.ascii(",\"error\":{\"code\":").number(failed.code());
    json.ascii(",\"message\":").string(failed.message());
    return json.ascii(failed.isTemporary() ? ",\"temporary\":true}}" : "}}").done();
  }

  private static byte[] connected(JsonBytes json, CentrifugalReply.Connected connected) {
    json.ascii(",\"connect\":{\"client\":").string(connected.client());
    expiry(json, connected.ttl());
    Payload data = connected.data();
    if (data != null) {
      json.ascii(",\"data\":").raw(data(data));
    }
    if (!connected.subs().isEmpty()) {
      json.ascii(",\"subs\":{");
      String separator = "";
      for (Map.Entry<String, CentrifugalReply.Granted> sub : connected.subs().entrySet()) {
        json.ascii(separator).string(sub.getKey()).ascii(":");
        granted(json, sub.getValue());
        separator = ",";
      }
      json.ascii("}");
    }
    json.ascii(",\"ping\":").number(connected.pingSeconds()).ascii(",\"pong\":true");
    if (!connected.session().isEmpty()) {
      json.ascii(",\"session\":").string(connected.session());
    }
    return json.ascii("}}").done();
  }

  private static JsonBytes expiry(JsonBytes json, long ttl) {
    return ttl == 0 ? json : json.ascii(",\"expires\":true,\"ttl\":").number(ttl);
  }

  /** Recovered or not is said only where it was asked. */
  private static JsonBytes granted(JsonBytes json, CentrifugalReply.Granted granted) {
    @Nullable StreamPosition position = granted.position();
    json.ascii("{");
    String separator = "";
    if (granted.ttl() != 0) {
      json.ascii("\"expires\":true,\"ttl\":").number(granted.ttl());
      separator = ",";
    }
    if (position != null) {
      json.ascii(separator).ascii("\"recoverable\":true,\"positioned\":true,");
      position(json, position);
      separator = ",";
    }
    if (granted.wasRecovering()) {
      json.ascii(separator).ascii("\"was_recovering\":true");
      separator = ",";
    }
    if (granted.isRecovered()) {
      json.ascii(separator).ascii("\"recovered\":true");
      separator = ",";
    }
    if (!granted.missed().isEmpty()) {
      pasts(json.ascii(separator), granted.missed());
    }
    return json.ascii("}");
  }

  private static JsonBytes position(JsonBytes json, StreamPosition position) {
    json.ascii("\"epoch\":").string(position.epoch());
    return json.ascii(",\"offset\":").number(position.offset());
  }

  private static JsonBytes pasts(JsonBytes json, List<CentrifugalReply.Past> pasts) {
    json.ascii("\"publications\":[");
    String separator = "";
    for (CentrifugalReply.Past each : pasts) {
      past(json.ascii(separator), each.offset(), each.data());
      separator = ",";
    }
    return json.ascii("]");
  }

  /** Bytes go as base64, and a tag says so. */
  private static JsonBytes past(JsonBytes json, long offset, Payload payload) {
    json.ascii("{\"data\":").raw(data(payload));
    if (payload.kind() == Payload.Kind.BYTES) {
      json.ascii(",\"tags\":{\"encoding\":\"base64\"}");
    }
    if (offset > 0) {
      json.ascii(",\"offset\":").number(offset);
    }
    return json.ascii("}");
  }

  private static byte[] presence(JsonBytes json, Map<String, Client> clients) {
    json.ascii(",\"presence\":{\"presence\":{");
    String separator = "";
    for (Map.Entry<String, Client> each : clients.entrySet()) {
      client(json.ascii(separator).string(each.getKey()).ascii(":"), each.getValue());
      separator = ",";
    }
    return json.ascii("}}}").done();
  }

  private static JsonBytes client(JsonBytes json, Client who) {
    json.ascii("{\"user\":").string(who.user()).ascii(",\"client\":").string(who.client());
    Payload info = who.info();
    if (info != null) {
      json.ascii(",\"conn_info\":").raw(data(info));
    }
    Payload channelInfo = who.channelInfo();
    if (channelInfo != null) {
      json.ascii(",\"chan_info\":").raw(data(channelInfo));
    }
    return json.ascii("}");
  }

  private static byte[] data(Payload payload) {
    if (payload.kind() == Payload.Kind.BYTES) {
      byte[] base64 = Base64.getEncoder().encode(payload.encoded());
      return new JsonBytes(base64.length + 2).ascii("\"").raw(base64).ascii("\"").done();
    }
    return oneLine(payload.encoded());
  }

  /** A line break in JSON is never part of a string, and here it would end the reply. */
  private static byte[] oneLine(byte[] json) {
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n') {
        return withoutBreaks(json, i);
      }
    }
    return json;
  }

  private static byte[] withoutBreaks(byte[] json, int first) {
    byte[] line = json.clone();
    for (int i = first; i < line.length; i++) {
      if (line[i] == '\n') {
        line[i] = ' ';
      }
    }
    return line;
  }
}
