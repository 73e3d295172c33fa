/**
 * The {@code runar} command. It embeds a node like any other program: of Runar it sees the API and
 * its own control socket only.
 */
@NullMarked
package dev.runar.cli;

import org.jspecify.annotations.NullMarked;
