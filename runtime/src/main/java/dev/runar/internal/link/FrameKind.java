package dev.runar.internal.link;

/** What a frame says, with the number that stands for it; docs/link.md has the table. */
public enum FrameKind {
  /** A number that this side does not know. */
  UNKNOWN(0),
  HELLO(1),
  RESULT(2),
  ERROR(3),
  CANCEL(4),
  DRAINED(5),
  BYE(6),
  FATAL(7),
  RAN(8),
  CONFIGURE(16),
  ADD_SERVICE(17),
  REMOVE_SERVICE(18),
  START(19),
  STOP(20),
  REQUEST(21),
  STREAM(22),
  PUBLISH(23),
  SUBSCRIBE(24),
  UNSUBSCRIBE(25),
  ON(26),
  CLEAR_RETAINED(27),
  LOG(28),
  TOPIC(29),
  WRITE(30),
  SEND(31),
  CLOSE_SESSION(32),
  JOIN(33),
  LEAVE(34),
  SEND_TO_GROUP(35),
  IDENTIFY(36),
  INVOKE(48),
  EVENT(49),
  STEP(50),
  ACCEPT(51),
  OPEN(52),
  MESSAGE(53),
  CLOSED(54),
  WRITABLE(55),
  TOPIC_DROPPED(56),
  ITEMS(64),
  END(65),
  ROOM(66),
  STOP_ITEMS(67);

  private static final FrameKind[] BY_NUMBER = byNumber();

  private final int number;

  FrameKind(int number) {
    this.number = number;
  }

  /** On the wire. */
  public int number() {
    return number;
  }

  /** {@link #UNKNOWN} for a number that stands for nothing. */
  static FrameKind of(int number) {
    return number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }

  private static FrameKind[] byNumber() {
    var kinds = new FrameKind[STOP_ITEMS.number + 1];
    java.util.Arrays.fill(kinds, UNKNOWN);
    for (FrameKind kind : values()) {
      kinds[kind.number] = kind;
    }
    return kinds;
  }
}
