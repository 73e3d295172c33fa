package shop;

import dev.runar.Node;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** HTTP in front of services in TypeScript and Java. */
@RestController
class ShopController {
  private final Node node;
  private final GreeterApi greeter;
  private final ClockService clock;

  ShopController(Node node, GreeterApi greeter, ClockService clock) {
    this.node = node;
    this.greeter = greeter;
    this.clock = clock;
  }

  record Order(String item) {}

  @GetMapping("/greet/{name}")
  String greet(@PathVariable String name) {
    return greeter.greet(name);
  }

  /** The receipt says how many handlers will see the order. */
  @PostMapping("/orders")
  PublishReceipt order(@RequestBody Order order) {
    return node.publish("shop/ordered", order).join();
  }

  @GetMapping("/thanks")
  List<String> thanks() {
    return clock.thanks();
  }

  @ExceptionHandler
  ProblemDetail failed(RunarException error) {
    HttpStatus status =
        switch (error.code()) {
          case INVALID_INPUT -> HttpStatus.BAD_REQUEST;
          case NOT_FOUND -> HttpStatus.NOT_FOUND;
          case OVERLOADED, NOT_RUNNING, SHUTDOWN -> HttpStatus.SERVICE_UNAVAILABLE;
          case TIMEOUT -> HttpStatus.GATEWAY_TIMEOUT;
          default -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    return ProblemDetail.forStatusAndDetail(status, error.getMessage());
  }
}
