package dev.runar;

import java.util.Map;

/** The context of one event. Any thread. */
public interface EventContext extends NodeContext {
  /** The real topic, never the pattern. */
  String topic();

  /** The values of the pattern's {@code {name}} segments. */
  Map<String, String> pathParams();
}
