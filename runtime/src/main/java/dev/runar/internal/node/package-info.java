/**
 * The node without scripts and without sockets: registry, dispatch, event bus, ledger, lifecycle.
 * Scripts, Java services and client sessions are all clients of this package.
 */
@NullMarked
package dev.runar.internal.node;

import org.jspecify.annotations.NullMarked;
