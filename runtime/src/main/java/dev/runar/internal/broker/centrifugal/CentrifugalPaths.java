package dev.runar.internal.broker.centrifugal;

import dev.runar.internal.broker.Arrival;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.ClientSetting;
import dev.runar.internal.broker.Dialect;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.centrifugal.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The path that clients of the Centrifugal protocol connect to. Any thread. */
public final class CentrifugalPaths implements DialectPaths {
  public static final String PATH = "/connection/websocket";

  /** What asks for the binary form. */
  public static final String PROTOBUF = "centrifuge-protobuf";

  private static final Set<String> SUBPROTOCOLS = Set.of(PROTOBUF, "centrifuge-json");

  private final Setting setting;
  private final CentrifugalOpening opening = new CentrifugalOpening();

  /** Answers on {@link #PATH}. */
  public CentrifugalPaths(NodeGate gate, ClientSetting clients) {
    this.setting = new Setting(gate, clients, new CentrifugalStats());
  }

  /** What is counted. */
  public CentrifugalStats stats() {
    return setting.stats();
  }

  /** What begins a session that {@link #PATH} does not lead to. */
  public Opening opening() {
    return opening;
  }

  @Override
  public Optional<Opening> opening(String urlPath) {
    return urlPath.equals(PATH) ? Optional.of(opening) : Optional.empty();
  }

  private final class CentrifugalOpening implements Opening {
    @Override
    public Dialect dialect(Arrival arrival) {
      return spelling(arrival).isBinary() ? Dialect.CENTRIFUGAL_PROTOBUF : Dialect.CENTRIFUGAL_JSON;
    }

    @Override
    public Optional<String> subprotocol(List<String> offered) {
      return offered.stream().filter(SUBPROTOCOLS::contains).findFirst();
    }

    private static Spelling spelling(Arrival arrival) {
      return PROTOBUF.equals(arrival.subprotocol()) ? Spelling.PROTOBUF : Spelling.JSON;
    }

    @Override
    public String sessionId() {
      return UUID.randomUUID().toString();
    }

    @Override
    public void begin(ClientSession session, Arrival arrival) {
      session.begin(new CentrifugalConversation(session, setting, spelling(arrival), arrival));
    }
  }
}
