/** HTTP endpoints as plain functions, record in, record out. No sockets. */
@NullMarked
package dev.runar.internal.http;

import org.jspecify.annotations.NullMarked;
