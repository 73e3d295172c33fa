/** What the channels of the broker promise: history, slow clients, presence, offline queues. */
@NullMarked
package dev.runar.channels;

import org.jspecify.annotations.NullMarked;
