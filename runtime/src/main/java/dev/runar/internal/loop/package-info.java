/** How work reaches one thread: queue, owner thread, timers, watchdog. Knows no scripts. */
@NullMarked
package dev.runar.internal.loop;

import org.jspecify.annotations.NullMarked;
