/**
 * Services and clients as ordinary Java classes: annotated beans, and interfaces whose calls are
 * requests.
 */
@NullMarked
package dev.runar.bean;

import org.jspecify.annotations.NullMarked;
