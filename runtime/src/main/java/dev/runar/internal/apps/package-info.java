/** Where apps of the Pusher dialect come from: a list, a script, a database, one after another. */
@NullMarked
package dev.runar.internal.apps;

import org.jspecify.annotations.NullMarked;
