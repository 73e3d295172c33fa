/**
 * What systemd and its like are told of this process: one datagram for each state, as sd_notify(3)
 * says. It knows nothing of nodes.
 */
@NullMarked
package dev.runar.cli.systemd;

import org.jspecify.annotations.NullMarked;
