package dev.runar.internal.boot;

import dev.runar.Payload;
import dev.runar.Service;
import dev.runar.internal.node.ServiceHealth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The service {@code $health}: whether clients may be sent here, and what each service says. */
final class HealthService {
  private HealthService() {}

  /**
   * Makes the service.
   *
   * @param ready what {@code /ready} of the port answers
   */
  static Service of(ServiceHealth health, BooleanSupplier ready) {
    return Service.at("$health")
        .name("health")
        .description("Whether the node and its services are well")
        .action("live", (payload, context) -> Payload.object("live", true))
        .action("ready", (payload, context) -> ready(health.all().join(), ready))
        .action("services", (payload, context) -> Payload.of(health.all().join()))
        .action(
            "services/{path}",
            (payload, context) ->
                Payload.of(
                    health.of(Objects.requireNonNull(context.pathParams().get("path"))).join()))
        .build();
  }

  private static Payload ready(
      List<Map<String, @Nullable Object>> services, BooleanSupplier ready) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("ready", ready.getAsBoolean()); // after the services were asked
    map.put("services", services);
    return Payload.of(map);
  }
}
