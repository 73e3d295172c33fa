package dev.runar;

import dev.runar.spi.TraceContext;
import java.util.Map;

/** The context of one event. Any thread. */
public interface EventContext extends NodeContext {
  /** The real topic, never the pattern. */
  String topic();

  /** The values of the pattern's {@code {name}} segments. */
  Map<String, String> pathParams();

  /** What the publisher sent along; carried on to the requests and events made from here. */
  Map<String, String> meta();

  /** The publication in its trace; requests and events made from here are parts of it. */
  TraceContext trace();
}
