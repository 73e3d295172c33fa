package dev.runar.internal.contract;

import dev.runar.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The events that services listen to and the topics they write on, as AsyncAPI 3.0. Stateless. */
public final class AsyncApi {
  private static final String VERSION = "3.0.0";

  private AsyncApi() {}

  /**
   * Each pattern and each topic is a channel, each handler an operation that receives from it, each
   * topic of a service one that sends to it.
   *
   * @param title of the document
   * @param version of the document
   */
  public static Payload of(List<ServiceContract> services, String title, String version) {
    var channels = new LinkedHashMap<String, Map<String, @Nullable Object>>();
    var operations = new LinkedHashMap<String, @Nullable Object>();
    var ids = new LinkedHashMap<String, String>(); // of patterns
    for (ServiceContract service : services) {
      for (String pattern : service.events()) {
        String id = ids.computeIfAbsent(pattern, unknown -> free(id(pattern), channels.keySet()));
        Map<String, @Nullable Object> channel =
            channels.computeIfAbsent(id, unknown -> channel(pattern));
        addMessage(channel, "event", Map.of("payload", Map.of()));
        operations.put(name(service, "on", id), operation("receive", service, id));
      }
      for (ServiceContract.Topic topic : service.topics()) {
        String id =
            ids.computeIfAbsent(
                topic.topic(), unknown -> free(id(topic.topic()), channels.keySet()));
        Map<String, @Nullable Object> channel =
            channels.computeIfAbsent(id, unknown -> channel(topic.topic()));
        addMessage(channel, "packet", packet(topic));
        operations.put(name(service, "writes", id), operation("send", service, id));
      }
    }
    var document = new LinkedHashMap<String, @Nullable Object>();
    document.put("asyncapi", VERSION);
    document.put("info", Map.of("title", title, "version", version));
    document.put("defaultContentType", "application/json");
    document.put("channels", channels);
    document.put("operations", operations);
    return Payload.of(document);
  }

  private static String name(ServiceContract service, String verb, String channel) {
    return id(service.path()) + "." + id(service.version()) + "." + verb + "." + channel;
  }

  private static void addMessage(
      Map<String, @Nullable Object> channel, String name, Map<String, ?> message) {
    var messages = new LinkedHashMap<String, @Nullable Object>();
    if (channel.get("messages") instanceof Map<?, ?> known) {
      known.forEach((key, value) -> messages.put(String.valueOf(key), value));
    }
    messages.put(name, message);
    channel.put("messages", messages);
  }

  private static Map<String, ?> packet(ServiceContract.Topic topic) {
    var packet = new LinkedHashMap<String, @Nullable Object>();
    packet.put("contentType", topic.contentType());
    if (!topic.description().isEmpty()) {
      packet.put("summary", topic.description());
    }
    if (topic.rate() > 0) {
      packet.put("x-packets-per-second", topic.rate());
    }
    return packet;
  }

  private static Map<String, @Nullable Object> channel(String pattern) {
    var address = new ArrayList<String>();
    var parameters = new LinkedHashMap<String, @Nullable Object>();
    for (String segment : pattern.split("/", -1)) {
      String name = parameter(segment, parameters.size() + 1);
      if (name.isEmpty()) {
        address.add(segment);
      } else {
        address.add("{" + name + "}");
        parameters.put(name, Map.of("description", meaning(segment)));
      }
    }
    var channel = new LinkedHashMap<String, @Nullable Object>();
    channel.put("address", String.join("/", address));
    channel.put("title", pattern);
    if (!parameters.isEmpty()) {
      channel.put("parameters", parameters);
    }
    return channel;
  }

  private static String parameter(String segment, int number) {
    return switch (segment) {
      case "*" -> "segment" + number;
      case ">" -> "rest";
      default -> segment.startsWith("{") ? segment.substring(1, segment.length() - 1) : "";
    };
  }

  private static String meaning(String segment) {
    return switch (segment) {
      case "*" -> "any one segment";
      case ">" -> "one segment or more";
      default -> "one segment";
    };
  }

  private static Map<String, ?> operation(String what, ServiceContract service, String channel) {
    var operation = new LinkedHashMap<String, @Nullable Object>();
    operation.put("action", what);
    operation.put("channel", Map.of("$ref", "#/channels/" + channel));
    operation.put("title", service.name() + " " + service.version());
    operation.put("tags", List.of(Map.of("name", service.path())));
    return operation;
  }

  /** Patterns that read alike as a key, as {@code a/*} and {@code a/any} do, are numbered. */
  private static String free(String id, Set<String> taken) {
    String free = id;
    for (int number = 2; taken.contains(free); number++) {
      free = id + "-" + number;
    }
    return free;
  }

  /** Only letters that a key may have: {@code orders/*} is {@code orders.any}. */
  private static String id(String pattern) {
    return pattern
        .replace("/", ".")
        .replace("*", "any")
        .replace(">", "rest")
        .replace("{", "")
        .replace("}", "")
        .replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
