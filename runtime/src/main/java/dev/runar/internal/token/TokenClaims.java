package dev.runar.internal.token;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a token says, verified. Immutable.
 *
 * @param subject who the client is, {@code sub}; empty: nobody in particular
 * @param expiresAt seconds since 1970, {@code exp}; empty: never
 * @param channel {@code channel} of a token for one subscription; empty: it has none
 * @param channels {@code channels} to which the client is subscribed at once
 * @param all all of them, as JSON has them
 */
public record TokenClaims(
    String subject,
    Optional<Long> expiresAt,
    String channel,
    List<String> channels,
    Map<String, Object> all) {}
