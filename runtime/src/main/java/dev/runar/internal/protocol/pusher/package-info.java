/** The Pusher Channels protocol 5 to 7: names, frames, signatures (docs/pusher.md). */
@NullMarked
package dev.runar.internal.protocol.pusher;

import org.jspecify.annotations.NullMarked;
