/**
 * The apps of the broker's Pusher dialect: who they are and where they come from (docs/pusher.md).
 */
@NullMarked
package dev.runar.apps;

import org.jspecify.annotations.NullMarked;
