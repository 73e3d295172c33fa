package dev.runar.internal.broker;

/** A message to one session, in the inbox of its lane. */
record Posted(ClientSession session, Outgoing message) implements Lane.Item {
  @Override
  public void arrive(Lane lane) {
    session.deliver(message);
  }

  @Override
  public int cost() {
    return 64 + message.size();
  }
}
