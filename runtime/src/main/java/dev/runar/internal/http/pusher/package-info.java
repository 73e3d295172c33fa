/**
 * The HTTP API of the Pusher dialect, by which servers publish and ask ({@code /apps/{id}/…}):
 * plain functions over the live state of apps (docs/pusher-http.md).
 */
@NullMarked
package dev.runar.internal.http.pusher;

import org.jspecify.annotations.NullMarked;
