package dev.runar.host;

/** Names {@link EchoSink} to the pump. */
public final class EchoSinks implements FrameSink.Factory {
  @Override
  public FrameSink sink(Link link) {
    return new EchoSink(link);
  }
}
