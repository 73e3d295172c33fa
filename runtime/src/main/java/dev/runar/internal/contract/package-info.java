/** What services promise, in the words of OpenAPI, AsyncAPI and JSON Schema. Pure functions. */
@NullMarked
package dev.runar.internal.contract;

import org.jspecify.annotations.NullMarked;
