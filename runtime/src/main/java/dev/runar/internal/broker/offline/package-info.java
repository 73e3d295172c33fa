/** What waits for clients that are away, until they acknowledge it; no sockets, no scripts. */
@NullMarked
package dev.runar.internal.broker.offline;

import org.jspecify.annotations.NullMarked;
