package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Everybody who hears what happens, one after the other. Any thread. */
final class Listeners implements AppEvents {
  private static final Logger LOG = System.getLogger(Listeners.class.getName());

  private final List<AppEvents> listeners = new CopyOnWriteArrayList<>();

  void add(AppEvents listener) {
    listeners.add(listener);
  }

  /** One that fails takes nothing from the others, nor from what it was told of. */
  private void each(Consumer<AppEvents> told) {
    for (AppEvents listener : listeners) {
      try {
        told.accept(listener);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a listener of the apps' channels failed", e);
      }
    }
  }

  @Override
  public void channelOccupied(App app, String channel) {
    each(listener -> listener.channelOccupied(app, channel));
  }

  @Override
  public void channelVacated(App app, String channel) {
    each(listener -> listener.channelVacated(app, channel));
  }

  @Override
  public void memberAdded(App app, String channel, String userId) {
    each(listener -> listener.memberAdded(app, channel, userId));
  }

  @Override
  public void memberRemoved(App app, String channel, String userId) {
    each(listener -> listener.memberRemoved(app, channel, userId));
  }

  @Override
  public void clientEvent(App app, String channel, Sent sent) {
    each(listener -> listener.clientEvent(app, channel, sent));
  }

  @Override
  public void cacheMiss(App app, String channel) {
    each(listener -> listener.cacheMiss(app, channel));
  }

  @Override
  public void subscriptionCount(App app, String channel, int count) {
    each(listener -> listener.subscriptionCount(app, channel, count));
  }
}
