package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.topic.RequestPath;
import dev.runar.spi.Authorizer.Decision;
import dev.runar.spi.Authorizer.Verb;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;

/** What the authorizer of the node lets one session do. Any thread. */
public final class ClientRights {
  private static final Logger LOG = System.getLogger(ClientRights.class.getName());

  private final ClientSession session;
  private final Broker broker;

  /** Those of a session. */
  public ClientRights(ClientSession session) {
    this.session = session;
    this.broker = session.broker();
  }

  /**
   * Asks; a no is counted.
   *
   * @param text a topic, or the address of an action
   * @throws dev.runar.RunarException {@code INVALID_PATH} for an address that is none
   */
  public boolean allow(Verb verb, String text) {
    boolean isAllowed = decide(verb, plain(verb, text)) == Decision.ALLOWED;
    if (!isAllowed) {
      broker.stats().refused(Refusal.DENIED);
    }
    return isAllowed;
  }

  /**
   * As {@link #allow}.
   *
   * @throws RunarException {@code PERMISSION_DENIED} for what it may not
   */
  void check(Verb verb, String text) {
    if (!allow(verb, text)) {
      throw new RunarException(
          Code.PERMISSION_DENIED,
          "clients may not " + verb.name().toLowerCase(Locale.ROOT) + " " + plain(verb, text));
    }
  }

  /** Without network and versions, so that no spelling of a path gets around a rule. */
  private String plain(Verb verb, String text) {
    String network = broker.options().networkId();
    String path =
        verb == Verb.REQUEST && text.indexOf('@') >= 0
            ? RequestPath.parse(text, network).path().full()
            : text;
    String prefix = network + ":";
    return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
  }

  /** An authorizer that fails has not allowed it. */
  private Decision decide(Verb verb, String path) {
    try {
      return broker.authorizer().decide(session.id(), verb, path);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the authorizer failed verb=" + verb + " path=" + path, e);
      return Decision.DENIED;
    }
  }
}
