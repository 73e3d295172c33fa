package dev.runar.internal.boot;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Visibility;
import dev.runar.Payload;
import dev.runar.Service;
import dev.runar.internal.http.pusher.ProgramApi;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The service {@code $broker}: what programs ask of channels, and of apps of the Pusher dialect.
 */
final class BrokerService {
  private static final ActionOptions OPTIONS =
      ActionOptions.builder().visibility(Visibility.INTERNAL).build();

  private BrokerService() {}

  /**
   * Makes the service.
   *
   * @param port the open one; throws while there is none
   */
  static Service of(Supplier<Port> port) {
    Supplier<ProgramApi> api = () -> port.get().programs();
    Service.Builder service =
        Service.at("$broker")
            .name("broker")
            .description(
                "What channels remember; the apps of the Pusher dialect, their channels and users");
    add(service, "publish", api, ProgramApi::publish);
    add(service, "presence", api, ProgramApi::presence);
    add(service, "history", api, ProgramApi::history);
    add(service, "send", api, ProgramApi::send);
    add(service, "disconnect", api, ProgramApi::disconnect);
    service.action("page", OPTIONS, (input, context) -> port.get().page(input));
    return service.build();
  }

  private static void add(
      Service.Builder service,
      String action,
      Supplier<ProgramApi> api,
      BiFunction<ProgramApi, Payload, Payload> deed) {
    service.action(action, OPTIONS, (input, context) -> deed.apply(api.get(), input));
  }
}
