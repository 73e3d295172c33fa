/**
 * The control socket: how the commands of one user reach the nodes that the same user runs on the
 * same machine. JSON lines over a Unix domain socket; see docs/cli.md, "The control socket".
 */
@NullMarked
package dev.runar.cli.control;

import org.jspecify.annotations.NullMarked;
