/**
 * The Pusher dialect, {@code /app/{key}} (docs/pusher.md). Begin with {@link
 * dev.runar.internal.broker.pusher.Apps}: the live state of each app is an {@link
 * dev.runar.internal.broker.pusher.AppState}, its channels are {@link
 * dev.runar.internal.broker.pusher.LiveChannel}s; what a client says goes through {@link
 * dev.runar.internal.broker.pusher.PusherConversation}.
 */
@NullMarked
package dev.runar.internal.broker.pusher;

import org.jspecify.annotations.NullMarked;
