/** The one port: HTTP and WebSocket over Netty. The only package that knows Netty. */
@NullMarked
package dev.runar.internal.server;

import org.jspecify.annotations.NullMarked;
