/** Where apps of the Pusher dialect come from: a list, a SQL database, several after each other. */
@NullMarked
package dev.runar.internal.apps;

import org.jspecify.annotations.NullMarked;
