/**
 * The link: what a node and the JavaScript of another process, or of this one, say to each other in
 * frames. See docs/link.md. A neighbour of the scripts: neither sees the other.
 */
@NullMarked
package dev.runar.internal.link;

import org.jspecify.annotations.NullMarked;
