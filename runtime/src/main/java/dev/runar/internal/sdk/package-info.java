/** What the TypeScript SDK says as text, as the node takes it: options, definitions, errors. */
@NullMarked
package dev.runar.internal.sdk;

import org.jspecify.annotations.NullMarked;
