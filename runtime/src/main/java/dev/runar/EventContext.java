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

  /** How often it has been tried, this time included: 1 for the first time. */
  int attempt();

  /**
   * The event is handled. Repeatable; nothing after {@link #nack} or the timeout.
   *
   * @throws RunarException {@code INVALID_INPUT} if the subscription has no {@link
   *     SubscribeOptions.Ack#MANUAL}
   */
  void ack();

  /**
   * The event was not handled: it is tried again, or has failed.
   *
   * @param reason for the dead letter and for {@code runar trace}
   * @throws RunarException {@code INVALID_INPUT} if the subscription has no {@link
   *     SubscribeOptions.Ack#MANUAL}
   */
  void nack(String reason);
}
