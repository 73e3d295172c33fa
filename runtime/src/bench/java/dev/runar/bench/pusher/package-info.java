/** Load for servers of the Pusher protocol, of this project and others. */
@NullMarked
package dev.runar.bench.pusher;

import org.jspecify.annotations.NullMarked;
