package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.Session;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** One connected client as a script's SDK sees it. Owner thread only. */
public final class HostSession {
  private final Session session;
  private final ScriptContext context;
  private final boolean carriedOver;

  /**
   * A session of a context.
   *
   * @param carriedOver another context has had it before this one
   */
  HostSession(Session session, ScriptContext context, boolean carriedOver) {
    this.session = session;
    this.context = context;
    this.carriedOver = carriedOver;
  }

  @HostAccess.Export
  public String id() {
    return session.id();
  }

  @HostAccess.Export
  public String path() {
    return session.path();
  }

  /** As (kind, text) for {@code decode}; null: nobody has said who it is. */
  @HostAccess.Export
  public @Nullable String identityKind() {
    return session
        .identity()
        .map(identity -> identity.kind() == Payload.Kind.JSON ? "json" : "rich")
        .orElse(null);
  }

  @HostAccess.Export
  public @Nullable String identityText() {
    return session.identity().map(Payload::text).orElse(null);
  }

  @HostAccess.Export
  public boolean carriedOver() {
    return carriedOver;
  }

  @HostAccess.Export
  public String queryJson() {
    return Payload.of(session.query()).text();
  }

  @HostAccess.Export
  public String remoteAddress() {
    return session.remoteAddress();
  }

  @HostAccess.Export
  public String send(String kind, @Nullable Value data, int offset, int length) {
    return session.send(ScriptValues.payload(kind, data, offset, length)).name();
  }

  @HostAccess.Export
  public void close(int code, String reason) {
    session.close(code, reason);
  }

  @HostAccess.Export
  public boolean join(String group) {
    return context.sessions().join(session.id(), group);
  }

  @HostAccess.Export
  public boolean leave(String group) {
    return context.sessions().leave(session.id(), group);
  }
}
