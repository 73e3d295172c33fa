package dev.runar.internal.broker.centrifugal;

import dev.runar.internal.broker.Arrival;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Dialect;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.node.Delays;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.centrifugal.Spelling;
import dev.runar.spi.Clock;
import java.util.Optional;
import java.util.UUID;

/** The path that clients of the Centrifugal protocol connect to. Any thread. */
public final class CentrifugalPaths implements DialectPaths {
  public static final String PATH = "/connection/websocket";

  private final Setting setting;
  private final CentrifugalOpening opening = new CentrifugalOpening();

  /** Answers on {@link #PATH}. */
  public CentrifugalPaths(NodeGate gate, ClientTokens tokens, Clock clock, Delays delays) {
    this.setting =
        new Setting(gate, tokens, new PresenceTable(), new CentrifugalStats(), clock, delays);
  }

  /** What is counted. */
  public CentrifugalStats stats() {
    return setting.stats();
  }

  @Override
  public Optional<Opening> opening(String urlPath) {
    return urlPath.equals(PATH) ? Optional.of(opening) : Optional.empty();
  }

  private final class CentrifugalOpening implements Opening {
    @Override
    public Dialect dialect(Arrival arrival) {
      return Dialect.CENTRIFUGAL_JSON;
    }

    @Override
    public String sessionId() {
      return UUID.randomUUID().toString();
    }

    @Override
    public void begin(ClientSession session, Arrival arrival) {
      session.begin(new CentrifugalConversation(session, setting, Spelling.JSON));
    }
  }
}
