package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Everybody who hears what happens, one after the other. Any thread. */
final class Listeners implements AppEvents {
  private final List<AppEvents> listeners = new CopyOnWriteArrayList<>();

  void add(AppEvents listener) {
    listeners.add(listener);
  }

  @Override
  public void channelOccupied(App app, String channel) {
    listeners.forEach(listener -> listener.channelOccupied(app, channel));
  }

  @Override
  public void channelVacated(App app, String channel) {
    listeners.forEach(listener -> listener.channelVacated(app, channel));
  }

  @Override
  public void memberAdded(App app, String channel, String userId) {
    listeners.forEach(listener -> listener.memberAdded(app, channel, userId));
  }

  @Override
  public void memberRemoved(App app, String channel, String userId) {
    listeners.forEach(listener -> listener.memberRemoved(app, channel, userId));
  }

  @Override
  public void clientEvent(App app, String channel, Sent sent) {
    listeners.forEach(listener -> listener.clientEvent(app, channel, sent));
  }

  @Override
  public void cacheMiss(App app, String channel) {
    listeners.forEach(listener -> listener.cacheMiss(app, channel));
  }

  @Override
  public void subscriptionCount(App app, String channel, int count) {
    listeners.forEach(listener -> listener.subscriptionCount(app, channel, count));
  }
}
