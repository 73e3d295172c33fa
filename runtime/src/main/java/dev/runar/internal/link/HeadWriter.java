package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.util.Map;

/**
 * The head of one frame, member by member: there is one to each call and event, so no map and no
 * tree is built for it. For one thread, and one head.
 */
final class HeadWriter {
  private static final int USUAL = 192;

  private final JsonBytes json = new JsonBytes(USUAL);
  private boolean isEmpty = true;

  HeadWriter text(String name, String value) {
    member(name).string(value);
    return this;
  }

  /** A text of which nothing needs to be escaped. */
  HeadWriter plain(String name, String value) {
    member(name).ascii("\"").ascii(value).ascii("\"");
    return this;
  }

  HeadWriter number(String name, long value) {
    member(name).number(value);
    return this;
  }

  HeadWriter isTrue(String name) {
    member(name).ascii("true");
    return this;
  }

  /** A value of any shape, which is JSON. */
  HeadWriter value(String name, Payload value) {
    member(name).raw(value.encoded());
    return this;
  }

  /** As most have none, none are not said. */
  HeadWriter texts(String name, Map<String, String> texts) {
    return texts.isEmpty() ? this : value(name, Payload.of(texts));
  }

  /** Names are ours, so there is nothing in them to be escaped. */
  private JsonBytes member(String name) {
    json.ascii(isEmpty ? "{\"" : ",\"").ascii(name).ascii("\":");
    isEmpty = false;
    return json;
  }

  Payload done() {
    json.ascii(isEmpty ? "{}" : "}");
    return Payload.encoded(Payload.Kind.JSON, json.done());
  }
}
