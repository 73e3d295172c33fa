package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service.State;
import dev.runar.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;

/** A registered service and the state it is in. State: any thread reads, the registry writes. */
final class ServiceEntry {
  final ServiceDefinition definition;
  final Semver version;
  final long registeredMs;

  /** As the definition has them, each endpoint with its stages around it. */
  final List<ServiceDefinition.Action> actions;

  final List<Subscription> subscriptions = new ArrayList<>(); // guarded by itself
  private boolean hasLeft; // guarded by subscriptions
  volatile long startedMs;
  volatile State state = State.CREATED;

  /** Its {@code start} is running: it may ask itself already, and nobody else may. */
  volatile boolean isStarting;

  /** Its script context has ended for good. */
  volatile boolean isGone;

  /** Why it is away and will come back; empty: it is not. */
  volatile String away = "";

  /** Why it is in {@code ERROR}, or what it waits for; empty: nothing is known. */
  volatile String problem = "";

  /** What it said of itself last; null: it was not asked yet. */
  volatile @Nullable HealthReport health;

  boolean isChanging; // by a pause or a resume; guarded by this
  private boolean isStartClaimed; // guarded by this

  /**
   * An entry that is in no registry yet.
   *
   * @throws RunarException {@code INVALID_INPUT} if its version is none, or an action's options are
   *     wrong
   */
  ServiceEntry(ServiceDefinition definition, NodeCore core) {
    this.definition = definition;
    this.version = VersionRange.version(definition);
    this.registeredMs = core.clock().wallMs();
    if (!path().startsWith("$")) {
      core.around().service(definition);
    }
    this.actions = new ArrayList<>();
    for (ServiceDefinition.Action action : definition.actions()) {
      ActionEndpoint staged = core.stages().around(definition, action, core);
      actions.add(
          new ServiceDefinition.Action(action.name(), action.params(), action.options(), staged));
    }
  }

  /**
   * What has left the node subscribes to nothing, since nobody would end that. Under the lock of
   * its subscriptions, which whoever takes it out looks through behind {@link #close}.
   *
   * @throws RunarException {@code NOT_RUNNING}
   */
  void refuseGone() {
    synchronized (subscriptions) {
      if (hasLeft) {
        throw new RunarException(
            Code.NOT_RUNNING, "service \"" + path() + "\" was replaced before it began");
      }
    }
  }

  /** It is about to get its path. Not under the registry's lock: this takes the event bus's. */
  void open() {
    synchronized (subscriptions) {
      hasLeft = false;
    }
    actions.forEach(
        action -> {
          if (action.endpoint() instanceof ActionStage stage) {
            stage.open();
          }
        });
  }

  /** It has its path no more. Not under the registry's lock, as for {@link #open}. */
  void close() {
    synchronized (subscriptions) {
      hasLeft = true;
    }
    actions.forEach(
        action -> {
          if (action.endpoint() instanceof ActionStage stage) {
            stage.close();
          }
        });
  }

  String path() {
    return definition.scope().servicePath();
  }

  /** With its network. */
  String fullPath() {
    return definition.scope().networkId() + ":" + path();
  }

  /** Whether a request reaches it now; of one that is gone its endpoint says so. */
  boolean isAskedBy(Requester requester) {
    return state == State.RUNNING
        || isGone
        || (isStarting && definition.scope().equals(requester.service()));
  }

  /** What its callers are told when it does not run. */
  RunarException notRunning() {
    String why = away;
    if (!why.isEmpty()) {
      return new RunarException(Code.NOT_RUNNING, "service \"" + path() + "\" is away: " + why);
    }
    String known = problem;
    return new RunarException(
        Code.NOT_RUNNING,
        "Service is not Running - it is in "
            + Introspection.shown(state)
            + " state: "
            + path()
            + (known.isEmpty() ? "" : " (" + known + ")"));
  }

  /** Whether the caller is the one that starts it: it is started once. */
  synchronized boolean claimStart() {
    boolean mine = !isStartClaimed;
    isStartClaimed = true;
    return mine;
  }
}
